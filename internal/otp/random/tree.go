package random

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// place is a path that a scenario may speak of, and what is there.
type place struct {
	path       string
	kind       kind
	child      scenario.Child
	instance   bool // of a template
	beneath    bool // an instance is somewhere above it
	supervisor *scenario.Supervisor
}

type kind uint8

const (
	worker   kind = iota
	plain         // a supervisor of named children
	pool          // a simple_one_for_one supervisor
	template      // the child of one
)

// drawing is a scenario that is being drawn.
type drawing struct {
	*rand.Rand
	places []place
	pools  bool // whether there are any
	kids   int  // that were named after a number
}

// one picks an element; each is as likely as it is often there.
func one[T any](d *drawing, list ...T) T { return list[d.IntN(len(list))] }

// chance is true so often of a hundred times.
func (d *drawing) chance(percent int) bool { return d.IntN(100) < percent }

func ptr[T any](v T) *T { return &v }

// add notes a place.
func (d *drawing) add(p place) { d.places = append(d.places, p) }

// pick picks a place of those that fit; false when there is none.
func (d *drawing) pick(fits func(place) bool) (place, bool) {
	var list []place
	for _, p := range d.places {
		if fits(p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return place{}, false
	}
	return one(d, list...), true
}

func join(parent, id string) string {
	if parent == "" {
		return id
	}
	return parent + "/" + id
}

// split cuts a path before its last component.
func split(path string) (parent, id string) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[:i], path[i+1:]
		}
	}
	return "", path
}

// supervisor draws a supervisor and notes all places in it.
func (d *drawing) supervisor(path string, depth int, beneath bool) scenario.Supervisor {
	s := scenario.Supervisor{Strategy: ptr(one(d, "one_for_one", "one_for_all", "rest_for_one"))}
	if d.chance(5) {
		s.Strategy = nil
	}
	most := []int{0, 1, 1, 2, 3, 5, 8}
	if depth == 0 {
		most = []int{1, 2, 5, 8, 20, 20}
	}
	if d.chance(90) {
		s.Intensity = ptr(one(d, most...))
	}
	if d.chance(90) {
		s.Period = ptr(one(d, 100*time.Millisecond, 300*time.Millisecond, time.Second, 5*time.Second, time.Hour))
	}
	if auto := one(d, "", "", "", "", "never", "any_significant", "all_significant", "all_significant"); auto != "" {
		s.AutoShutdown = ptr(auto)
	}
	if d.pools && (depth > 0 && d.chance(60) || depth == 0 && d.chance(10)) {
		d.pool(path, depth, beneath, &s)
		return s
	}
	at := len(d.places)
	d.add(place{path: path, kind: plain, beneath: beneath})
	least := 1
	if depth == 0 {
		least = 2
	}
	for i := range least + d.IntN(4) {
		id := string("abcdefgh"[i])
		if depth > 0 {
			id = string("uvwxyz"[i])
		}
		s.Children = append(s.Children, d.child(path, id, depth, s.AutoShutdown, beneath, false))
	}
	d.places[at].supervisor = &s
	return s
}

// pool makes s a simple_one_for_one.
func (d *drawing) pool(path string, depth int, beneath bool, s *scenario.Supervisor) {
	s.Strategy = ptr("simple_one_for_one")
	at := len(d.places)
	d.add(place{path: path, kind: pool, beneath: beneath})
	s.Children = []scenario.Child{d.child(path, "t", depth+1, s.AutoShutdown, beneath, true)}
	d.places[at].supervisor = s
}

// instances is how many instances of a template a scenario may speak of.
const instances = 4

// child draws a child. That of a pool is a template, and the places are those
// of its first instances.
func (d *drawing) child(parent, id string, depth int, auto *string, beneath, isTemplate bool) scenario.Child {
	c := scenario.Child{ID: id}
	restart := one(d, "permanent", "permanent", "permanent", "permanent", "transient", "transient", "transient", "temporary", "temporary")
	if restart != "permanent" || d.chance(50) {
		c.Restart = ptr(restart)
	}
	if auto != nil && *auto != "never" && restart != "permanent" && d.chance(80) {
		c.Significant = ptr(true)
	} else if d.chance(5) {
		c.Significant = ptr(false)
	}
	path := join(parent, id)
	nested := depth < 2 && d.chance([]int{35, 20}[depth])
	if !nested {
		d.shutdown(&c)
		d.noteChild(path, c, worker, beneath, isTemplate)
		return c
	}
	if d.chance(30) {
		c.Type = ptr(one(d, "supervisor", "supervisor", "worker"))
	}
	if d.chance(20) {
		c.Shutdown = ptr(one(d, scenario.Shutdown{Word: "infinity"}, scenario.Shutdown{Time: time.Hour}))
	}
	d.noteChild(path, c, plain, beneath, isTemplate)
	if isTemplate {
		// The same tree at the place of each instance.
		before := len(d.places)
		tree := d.supervisor(path, depth+1, true)
		inner := slices.Clone(d.places[before:])
		d.places = d.places[:before]
		for n := range instances {
			for _, p := range inner {
				p.path = fmt.Sprintf("%s#%d%s", path, n+1, p.path[len(path):])
				d.add(p)
			}
		}
		c.Supervisor = &tree
		return c
	}
	tree := d.supervisor(path, depth+1, beneath)
	c.Supervisor = &tree
	return c
}

// noteChild notes the place of a worker, or those of a template and of its
// instances. That of a supervisor notes itself.
func (d *drawing) noteChild(path string, c scenario.Child, k kind, beneath, isTemplate bool) {
	switch {
	case !isTemplate && k == worker:
		d.add(place{path: path, kind: worker, child: c, beneath: beneath})
	case isTemplate:
		d.add(place{path: path, kind: template, child: c, beneath: beneath})
		if k == worker {
			for n := range instances {
				d.add(place{path: fmt.Sprintf("%s#%d", path, n+1), kind: worker, child: c, instance: true, beneath: beneath})
			}
		}
	}
}

// shutdown draws that of a worker.
func (d *drawing) shutdown(c *scenario.Child) {
	switch d.IntN(8) {
	case 0, 1:
		c.Shutdown = &scenario.Shutdown{Word: "brutal_kill"}
	case 2:
		c.Shutdown = &scenario.Shutdown{Word: "infinity"}
	case 3, 4:
		c.Shutdown = &scenario.Shutdown{Time: patience}
	}
	if d.chance(10) {
		c.Type = ptr(one(d, "worker", "supervisor"))
	}
}

// patience is the shutdown of workers that may hang. OTP waits for it in real
// time; and one who does not hang must be quicker.
const patience = 50 * time.Millisecond

// mayHang reports whether a worker may be told to hang.
func (p place) mayHang() bool {
	return p.kind == worker && p.child.Shutdown != nil && p.child.Shutdown.Word == "" && p.child.Shutdown.Time == patience && !p.beneath
}
