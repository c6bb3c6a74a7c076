package policy

import (
	"fmt"
	"slices"

	"github.com/proctor-dev/proctor/internal/nearest"
)

// checkAfter holds the needs of each child against the order of the list.
func (d *decoder) checkAfter(children []*rawChild) {
	place := map[string]int{}
	for i, c := range slices.Backward(children) {
		if c.id.set {
			place[c.id.v] = i
		}
	}
	cycle := cycles(children, place)
	for i, c := range children {
		for j, need := range c.after.v {
			key := fmt.Sprintf("%s.after[%d]", c.key, j)
			at, known := place[need.v]
			switch {
			case !known:
				d.failAt(need.at, key, "after names "+quote(need.v)+", which is no sibling", suggestSibling(need.v, children))
			case at == i:
				d.failAt(need.at, key, "after names the child itself", "remove it")
			case at > i && cycle[at] == cycle[i]:
				d.failAt(need.at, key, "after makes a cycle: "+quote(need.v)+" itself comes after "+quote(c.id.v), "remove one of the two")
			case at > i:
				d.failAt(need.at, key, "after names "+quote(need.v)+", which is started later", "move that child up, before this one")
			}
		}
	}
}

// lookedAt is among how many siblings a suggestion is looked for.
const lookedAt = 1000

func suggestSibling(wrong string, children []*rawChild) string {
	var ids []string
	for _, c := range children[:min(len(children), lookedAt)] {
		if c.id.set {
			ids = append(ids, c.id.v)
		}
	}
	if near := nearest.To(wrong, ids); near != "" {
		return "did you mean " + near + "?"
	}
	return "name a child of the same supervisor that comes before this one"
}

// cycles returns a number for each child; those that need each other, through
// others or not, have the same. It is Tarjan's algorithm for the strongly
// connected components, which looks at each need once.
func cycles(children []*rawChild, place map[string]int) []int {
	found := make([]int, len(children)) // when a child was reached, from 1
	low := make([]int, len(children))   // the earliest that it reaches
	cycle := make([]int, len(children)) // from 1; 0 while it is on the path
	var path []int
	next := 0
	var visit func(i int)
	visit = func(i int) {
		next++
		found[i], low[i] = next, next
		path = append(path, i)
		for _, need := range children[i].after.v {
			j, known := place[need.v]
			switch {
			case !known:
			case found[j] == 0:
				visit(j)
				low[i] = min(low[i], low[j])
			case cycle[j] == 0:
				low[i] = min(low[i], found[j])
			}
		}
		if low[i] < found[i] {
			return
		}
		start := len(path) - 1
		for path[start] != i {
			start--
		}
		for _, j := range path[start:] {
			cycle[j] = found[i]
		}
		path = path[:start]
	}
	for i := range children {
		if found[i] == 0 {
			visit(i)
		}
	}
	return cycle
}
