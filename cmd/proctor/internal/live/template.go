package live

import (
	"context"

	"github.com/proctor-dev/proctor/supervise"
)

// template is that of a simple_one_for_one that runs. It is no child, so that
// nothing else tells of it where the top has one.
type template struct{ path, id, of string } // paths below the root

// templatesIn are those of a supervisor and of all beneath it.
func (t *Tree) templatesIn(s supervise.Snapshot) (all []template) {
	if id := s.Policy.Template; id != "" {
		all = append(all, template{t.below(s.Path, id), id, t.below(s.Path, "")})
	}
	for _, c := range s.Children {
		if c.Supervisor != nil {
			all = append(all, t.templatesIn(*c.Supervisor)...)
		}
	}
	return all
}

// withTemplate is the simple_one_for_one that has the template of that path, or
// id; nil when there is none, or more than one.
func (t *Tree) withTemplate(ctx context.Context, path string) *supervise.Supervisor {
	top, err := t.top().Snapshot(ctx)
	if err != nil {
		return nil
	}
	var exact, named []template
	for _, its := range t.templatesIn(top) {
		switch path {
		case its.path:
			exact = append(exact, its)
		case its.id:
			named = append(named, its)
		}
	}
	if len(exact) == 0 {
		exact = named
	}
	if len(exact) != 1 {
		return nil
	}
	return t.at(exact[0].of)
}
