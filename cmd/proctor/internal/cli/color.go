package cli

import "os"

// hasColors reports whether what is printed there may be colored: it is a
// terminal, and nobody has said otherwise (no-color.org).
func hasColors(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(f)
}
