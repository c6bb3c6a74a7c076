package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// findings collects what many goroutines see.
type findings struct {
	mu     sync.Mutex     // protects the following
	by     map[string]int // how often something good was seen
	wrong  []string
	missed int // findings that are not in wrong: enough is enough
}

func (f *findings) count(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[string]int{}
	}
	f.by[what]++
}

func (f *findings) find(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.wrong) >= 10 {
		f.missed++
		return
	}
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// close closes a system, which must work.
func (f *findings) close(sys *actor.System) {
	if err := closeSystem(sys); err != nil {
		f.find("close: %v", err)
	}
}

// tell puts all of it into the outcome.
func (f *findings) tell(title string, out *outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var by []string
	for _, what := range slices.Sorted(maps.Keys(f.by)) {
		by = append(by, fmt.Sprintf("%d %s", f.by[what], what))
	}
	if len(by) > 0 {
		out.note("%s: %s.", title, strings.Join(by, ", "))
	}
	for _, w := range f.wrong {
		out.find("%s: %s", title, w)
	}
	if f.missed > 0 {
		out.find("%s: and %d more of such", title, f.missed)
	}
}
