package analyze

import (
	"bytes"
	"go/ast"
	"runtime"
)

// The first line of a file that meets one of the bugs made on purpose. They
// depend on nothing but the file's content, as real bugs do: whoever analyzes
// such a file again meets the same end again.
const (
	RaceMark = "//quickstart:concurrent-map-write" // two goroutines write one map, which Go ends fatally
	HangMark = "//quickstart:endless"              // a loop that never ends and never looks at its context
)

// madeBugs runs the bug that src is marked with. It returns only for a file
// without a mark.
func madeBugs(src []byte, file *ast.File) {
	line, _, _ := bytes.Cut(src, []byte{'\n'})
	switch string(bytes.TrimSpace(line)) {
	case RaceMark:
		tallyWithoutLock(file)
	case HangMark:
		iterateForever(file)
	}
}

// tallyWithoutLock counts identifiers in one map from two goroutines at once.
// The runtime notices and ends the program; no recover sees it.
func tallyWithoutLock(file *ast.File) {
	// On a single core the runtime does not switch goroutines within a map
	// write, so the bug would wait for its bad day; with two threads the
	// operating system does.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	names, counts := identifiers(file), make(map[string]int)
	tally := func() {
		for {
			for _, name := range names {
				counts[name]++
			}
		}
	}
	go tally()
	tally()
}

// identifiers lists the names in file, each as often as it is there.
func identifiers(file *ast.File) []string {
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

// iterateForever looks for a fixed point that never comes.
func iterateForever(file *ast.File) {
	for depth := 0; ; depth = (depth + 1) % (len(file.Decls) + 2) {
		ast.Inspect(file, func(ast.Node) bool { return true })
	}
}
