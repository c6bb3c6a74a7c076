package osproc

// Family is nothing on Windows: nobody can take the end of another one's child.
type Family struct{}
