package live

import (
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// program is one that runs, or is to run, as it was at a moment.
type program struct {
	path string
	pid  actor.PID
}

// programs are those beneath a supervisor, in order.
func (t *Tree) programs(s supervise.Snapshot) (all []program) {
	for _, c := range s.Children {
		switch {
		case c.Supervisor != nil:
			all = append(all, t.programs(*c.Supervisor)...)
		case c.Type != supervise.SupervisorChild:
			all = append(all, program{t.below(s.Path, c.ID), c.PID})
		}
	}
	return all
}

// changed says what has become of the programs between two moments: which have
// another life is what counts, also of those that a strategy took along. What is
// changed besides is from the files.
func changed(before, after []program, files policy.Changes) control.Changes {
	var told control.Changes
	was := make(map[string]actor.PID, len(before))
	for _, p := range before {
		was[p.path] = p.pid
	}
	is := make(map[string]bool, len(after))
	for _, p := range after {
		is[p.path] = true
		pid, known := was[p.path]
		switch {
		case !known:
			told.Added = append(told.Added, p.path)
		case pid != p.pid:
			told.Restarted = append(told.Restarted, p.path)
		default:
			told.Left = append(told.Left, p.path)
		}
	}
	for _, p := range before {
		if !is[p.path] {
			told.Removed = append(told.Removed, p.path)
		}
	}
	for _, s := range files.Supervisors {
		if s.Policy || s.Reordered {
			told.Retuned = append(told.Retuned, orTop(s.Path))
		}
		for _, id := range s.Retuned {
			if path := joined(s.Path, id); !slices.Contains(told.Added, path) { // it was forgotten
				told.Retuned = append(told.Retuned, path)
			}
		}
	}
	return told
}

func joined(path, id string) string {
	if path == "" {
		return id
	}
	return path + "/" + id
}

func orTop(path string) string {
	if path == "" {
		return "the top"
	}
	return path
}
