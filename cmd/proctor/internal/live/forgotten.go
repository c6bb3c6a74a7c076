package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/supervise"
)

// forgotten is a child that the policy file in force has and its supervisor has
// not: a temporary one that has ended.
type forgotten struct {
	of   string         // path of its supervisor, below the root
	id   string         // in that
	spec supervise.Spec // of its supervisor, by the file
}

func (f forgotten) path() string { return joined(f.of, f.id) }

// asleep is a child that is not there because a supervisor above it does not run.
type asleep struct{ path, id, above string }

// missing are the children that the file has and that are not there.
type missing struct {
	forgotten []forgotten
	asleep    []asleep
}

// missingIn compares what runs with the file that is in force.
func (t *Tree) missingIn(s supervise.Snapshot) (m missing) {
	t.mu.Lock()
	spec := t.program.Spec
	t.mu.Unlock()
	t.compare(s, spec, &m)
	return m
}

// compare adds what is missing in s by its spec.
func (t *Tree) compare(s supervise.Snapshot, spec supervise.Spec, m *missing) {
	template := spec.Policy.Strategy == supervise.SimpleOneForOne
	if template != (s.Policy.Template != "") {
		return // a reload makes another of it just now
	}
	there := make(map[string]supervise.ChildSnapshot, len(s.Children))
	for _, c := range s.Children {
		there[c.ID] = c
	}
	if template {
		sub, ok := spec.Children[0].Spec()
		for _, c := range s.Children { // in their order
			if ok && c.Supervisor != nil {
				t.compare(*c.Supervisor, sub, m)
			}
		}
		return
	}
	path := t.below(s.Path, "")
	for _, c := range spec.Children {
		now, known := there[c.ID]
		sub, _ := c.Spec()
		switch {
		case !known:
			m.forgotten = append(m.forgotten, forgotten{path, c.ID, spec})
			m.sleep(sub, joined(path, c.ID))
		case now.Supervisor == nil:
			m.sleep(sub, joined(path, c.ID))
		default:
			t.compare(*now.Supervisor, sub, m)
		}
	}
}

// sleep adds all that is beneath a supervisor that does not run. A template is
// no child, but there is nobody to start an instance of it; what its instances
// would have beneath them has no place.
func (m *missing) sleep(spec supervise.Spec, above string) {
	var walk func(spec supervise.Spec, path string)
	walk = func(spec supervise.Spec, path string) {
		template := spec.Policy.Strategy == supervise.SimpleOneForOne
		for _, c := range spec.Children {
			m.asleep = append(m.asleep, asleep{joined(path, c.ID), c.ID, above})
			if sub, ok := c.Spec(); ok && !template {
				walk(sub, joined(path, c.ID))
			}
		}
	}
	walk(spec, above)
}

// why says of a child that is not there and is in the file, why not; nil when it
// is not in the file, either.
func (m missing) why(called string) error {
	refuse := func(format string, args ...any) error {
		return &control.Error{Code: control.CodeConflict, Message: fmt.Sprintf(format, args...)}
	}
	for _, f := range m.forgotten {
		if f.id == called || f.path() == called {
			return refuse("%q has ended and is temporary, so that its supervisor has forgotten it: proctor start starts it again", f.path())
		}
	}
	for _, a := range m.asleep {
		if a.id == called || a.path == called {
			return refuse("%q does not run, since its supervisor %q does not", a.path, a.above)
		}
	}
	return nil
}

// bringBack starts the child that is called so, if it is one that its supervisor
// has forgotten, by the file that is in force and at its place there; false: it
// is none. It waits for a reload, after which another file is in force. And of
// those who ask at once one comes first: a second start would end what the first
// one has begun.
func (t *Tree) bringBack(ctx context.Context, called string) (bool, error) {
	if found, err := t.findAny(ctx, called); err != nil || found.gone == nil {
		return isRefusal(err), err
	}
	if err := t.hold(ctx); err != nil {
		return true, err
	}
	defer t.release()
	found, err := t.findAny(ctx, called)
	if err != nil || found.gone == nil {
		return isRefusal(err), err
	}
	return true, t.at(found.gone.of).Change(ctx, found.gone.spec, found.gone.id)
}

// isRefusal tells the errors that say more than that there is no such child.
func isRefusal(err error) bool {
	var told *control.Error
	return err != nil && (!errors.As(err, &told) || told.Code != control.CodeNotFound)
}

// hold keeps the file that is in force as it is, until release is called; what
// starts by it goes by no other.
func (t *Tree) hold(ctx context.Context) error {
	select {
	case t.reload <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Tree) release() { <-t.reload }
