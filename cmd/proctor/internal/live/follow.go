package live

import (
	"context"
	"errors"
	"strings"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// errAnew refuses a reload that would start everything anew.
var errAnew = errors.New("the tree would have to be started anew")

// follow makes the running tree one of the other program, from the top down.
func (t *Tree) follow(ctx context.Context, from, to Program) (changed bool, err error) {
	diff := policy.Diff(from.File, to.File)
	if diff.Restart != "" {
		return false, errors.Join(errAnew, errors.New(diff.Restart))
	}
	named := make(map[string][]string) // what to start, by the supervisor; also of who is above one
	var order []string
	know := func(path string, ids []string) {
		if _, ok := named[path]; !ok {
			order = append(order, path)
		}
		named[path] = append(named[path], ids...)
	}
	for _, s := range diff.Supervisors {
		for _, above := range ancestors(s.Path) {
			know(above, nil) // so that its restart makes the new one
		}
		know(s.Path, append(s.Changed, s.Added...))
	}
	var all error
	for _, path := range order {
		if spec, ok := specAt(to.Spec, path); ok {
			all = errors.Join(all, t.at(path).Change(ctx, spec, named[path]...))
		}
	}
	return len(order) > 0, all
}

// ancestors are the supervisors above one, from the top down.
func ancestors(path string) []string {
	if path == "" {
		return nil
	}
	above := []string{""}
	for i, c := range path {
		if c == '/' {
			above = append(above, path[:i])
		}
	}
	return above
}

// specAt finds the spec of the supervisor at the path below the top.
func specAt(top supervise.Spec, path string) (supervise.Spec, bool) {
	for path != "" {
		id, rest, _ := strings.Cut(path, "/")
		found := false
		for _, c := range top.Children {
			if c.ID == id {
				top, found = c.Spec()
			}
		}
		if !found {
			return supervise.Spec{}, false
		}
		path = rest
	}
	return top, true
}
