package output

import "strings"

// Name is the path that a child writes under: that of its template where it is,
// or is below, an instance.
func Name(path string) string {
	if !strings.Contains(path, "#") {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i], _, _ = strings.Cut(part, "#")
	}
	return strings.Join(parts, "/")
}

// Find returns the name of whoever has written, or of what is above it: called is
// its path, or an id that only one of them has.
func (b *Board) Find(called string) (name string, found bool) {
	called = Name(called)
	b.mu.Lock()
	defer b.mu.Unlock()
	named := make(map[string]bool)
	for path := range b.kept {
		if beneath(path, called) {
			return called, true
		}
		for at := path; at != ""; at = at[:max(strings.LastIndexByte(at, '/'), 0)] {
			if at[strings.LastIndexByte(at, '/')+1:] == called {
				named[at] = true
			}
		}
	}
	for name = range named {
		found = len(named) == 1
	}
	return name, found
}
