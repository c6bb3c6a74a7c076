package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/internal/nearest"
	"github.com/proctor-dev/proctor/supervise"
)

// found is the child that a name means.
type found struct {
	path string     // below the root
	gone *forgotten // it is one of those; nil: it is there
}

// Find implements [control.Tree]: a path, or an id that only one child has.
func (t *Tree) Find(ctx context.Context, path string) (string, error) {
	top, err := t.top().Snapshot(ctx)
	if err != nil {
		return "", told(err)
	}
	f, err := pick(path, t.there(top), t.missingIn(top))
	return f.path, err
}

// findAny is Find for whoever can start a child: those that their supervisor has
// forgotten are children like others, so that an id means the same child whether
// or not it has ended. What may be a template, too, is not one that has ended.
func (t *Tree) findAny(ctx context.Context, called string) (found, error) {
	top, err := t.top().Snapshot(ctx)
	if err != nil {
		return found{}, told(err)
	}
	all, missing := t.there(top), t.missingIn(top)
	for _, f := range missing.forgotten {
		all = append(all, found{f.path(), &f})
	}
	f, err := pick(called, all, missing)
	for _, its := range t.templatesIn(top) {
		switch {
		case err != nil && (strings.HasPrefix(called, its.id+"#") || strings.HasPrefix(called, its.path+"#")):
			return found{}, &control.Error{Code: control.CodeNotFound, Message: fmt.Sprintf("no child is called %q: an instance that has ended does not come back; proctor start %s starts another one", called, its.path)}
		case called != its.id && called != its.path:
		case err != nil:
			return found{}, notFound(called, nil) // as a child
		case f.gone != nil && f.path != called:
			return found{}, severalAre(called, []string{f.path, its.path})
		}
	}
	return f, err
}

// there are the children that supervisors have.
func (t *Tree) there(s supervise.Snapshot) (all []found) {
	for _, c := range s.Children {
		all = append(all, found{path: t.below(s.Path, c.ID)})
		if c.Supervisor != nil {
			all = append(all, t.there(*c.Supervisor)...)
		}
	}
	return all
}

// pick is the one of all that is called so.
func pick(called string, all []found, missing missing) (found, error) {
	var named []found
	var paths, known []string
	for _, f := range all {
		if f.path == called {
			return f, nil
		}
		_, id := cutLast(f.path)
		known = append(known, f.path, id)
		if id == called {
			named, paths = append(named, f), append(paths, f.path)
		}
	}
	switch len(named) {
	case 1:
		return named[0], nil
	case 0:
		if why := missing.why(called); why != nil {
			return found{}, why
		}
		return found{}, notFound(called, known)
	}
	return found{}, severalAre(called, paths)
}

func severalAre(called string, paths []string) error {
	return &control.Error{Code: control.CodeConflict, Message: fmt.Sprintf("%q is more than one child: %s", called, strings.Join(paths, ", "))}
}

func notFound(called string, known []string) error {
	message := fmt.Sprintf("no child is called %q", called)
	if near := nearest.To(called, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	} else {
		message += "; proctor ps shows which there are"
	}
	return &control.Error{Code: control.CodeNotFound, Message: message}
}
