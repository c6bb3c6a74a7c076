package live

import (
	"context"

	"github.com/proctor-dev/proctor/supervise"
)

// withTemplate is the simple_one_for_one that has the template of that path, or
// id; nil when there is none, or more than one. A template is no child, so that
// nothing else tells of it where the top has one.
func (t *Tree) withTemplate(ctx context.Context, path string) *supervise.Supervisor {
	top, err := t.top().Snapshot(ctx)
	if err != nil {
		return nil
	}
	var exact, named []string
	var walk func(s supervise.Snapshot, at string)
	walk = func(s supervise.Snapshot, at string) {
		switch template := s.Policy.Template; {
		case template == "":
		case t.below(s.Path, template) == path:
			exact = append(exact, at)
		case template == path:
			named = append(named, at)
		}
		for _, c := range s.Children {
			if c.Supervisor != nil {
				walk(*c.Supervisor, t.below(s.Path, c.ID))
			}
		}
	}
	walk(top, "")
	if len(exact) == 0 {
		exact = named
	}
	if len(exact) != 1 {
		return nil
	}
	return t.at(exact[0])
}
