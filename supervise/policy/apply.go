package policy

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// RestartError says that a running tree cannot become that of a new file.
type RestartError struct {
	Why string
}

// Error says why, and what to do.
func (e *RestartError) Error() string {
	return "the tree must be stopped and started anew: " + e.Why
}

// Apply makes the running tree of the file old that of the file to, with the
// fewest restarts: what [Diff] finds to be the same goes on, and only what runs
// by another command is restarted, with those that the strategy restarts with
// it. Whoever moves to another place has ended there before it is started here. top
// is the top supervisor in sys, and fill is as for [File.Spec].
//
// What is wrong is found first, and nothing is changed then: [Errors] when fill
// does not fit the file, *[RestartError] when the tree would have to be started
// anew. Starts that fail are errors, too, joined: *[actor.StartError], see
// [supervise.Supervisor.Change]; all else is changed nevertheless, and the file
// of the tree is then to. When ctx ends meanwhile, a part is changed; Apply can
// be called again with the same files. A supervisor that does not run at the
// moment follows the new file as soon as it is started. Children that somebody
// gave by StartChild go on, and instances with a start of their own as they are.
//
// A child that its supervisor has no more, since it is temporary and has ended
// or somebody deleted it, stays away while its entry is the same in both files.
// When anything in that is another, also beneath it, it is started, at its place.
func Apply(ctx context.Context, sys *actor.System, top *supervise.Supervisor, old, to *File, fill Fill) (Changes, error) {
	spec, err := to.Spec(fill)
	if err != nil {
		return Changes{}, err
	}
	changes := Diff(old, to)
	if changes.Restart != "" {
		return changes, &RestartError{changes.Restart}
	}
	a := &applier{ctx: ctx, sys: sys, root: top.Path(), by: map[string]SupervisorChanges{}}
	for _, s := range changes.Supervisors {
		a.by[s.Path] = s
		for path := s.Path; path != ""; {
			path = above(path)
			if _, known := a.by[path]; !known {
				a.by[path] = SupervisorChanges{Path: path}
			}
		}
	}
	a.leave(changes, moved(old, to))
	a.level(top, spec, "", "", false)
	return changes, errors.Join(a.errs...)
}

type applier struct {
	ctx  context.Context
	sys  *actor.System
	root string
	by   map[string]SupervisorChanges // those to be changed, and all above them
	errs []error
}

// leave stops who has another place in the new file, the last one first, before
// anybody is started: there it would find its own port taken. What cannot be
// done here is left to the change of its supervisor, as the others are.
func (a *applier) leave(changes Changes, moved map[string]bool) {
	for _, s := range slices.Backward(changes.Supervisors) {
		for _, id := range slices.Backward(s.Removed) {
			if !moved[id] {
				continue
			}
			of := a.at(s.Path)
			err := of.TerminateChild(supervise.LetFinish(a.ctx), id)
			var left *actor.CloseError
			if errors.As(err, &left) { // it is down all the same
				a.errs = append(a.errs, err)
			}
			if err == nil || left != nil {
				_ = of.DeleteChild(a.ctx, id)
			}
		}
	}
}

// moved are the ids that the new file has in places where the old one has not.
func moved(old, to *File) map[string]bool {
	places := map[string]bool{}
	old.each(func(path, _ string) { places[path] = true })
	ids := map[string]bool{}
	to.each(func(path, id string) {
		if !places[path] {
			ids[id] = true
		}
	})
	return ids
}

// each calls f for each child with its path and id, from the top down.
func (f *File) each(do func(path, id string)) {
	var walk func(n Node)
	walk = func(n Node) {
		for _, c := range n.Children {
			do(c.Path, c.ID)
			walk(c)
		}
	}
	walk(f.Tree())
}

// level changes one supervisor, which is at a place in the tree and has a path
// in the file, and then those beneath. Those above one that changes are told,
// too, since each has the spec of those beneath it for the case that it starts
// them. fresh says that this one was started by the new spec just now: it has
// followed the changes.
func (a *applier) level(s *supervise.Supervisor, spec supervise.Spec, place, path string, fresh bool) {
	own, wanted := a.by[path]
	if !wanted {
		return
	}
	lives := map[string]actor.PID{}
	for id := range a.beneath(s, spec) {
		lives[id] = a.at(join(place, id)).PID()
	}
	if !fresh {
		own.Added = slices.Concat(own.Added, a.forgotten(s, spec, own))
	}
	named := slices.Concat(own.Added, own.Changed)
	if fresh {
		named = nil
	}
	var failed *actor.StartError // of a child, for whatever reason
	switch err := s.Change(a.ctx, spec, named...); {
	case errors.Is(err, actor.ErrNoActor) && !errors.As(err, &failed) && place != "":
		return // then nobody is beneath it, either
	case err != nil:
		a.errs = append(a.errs, err)
	}
	if a.ctx.Err() != nil {
		return
	}
	for id, c := range a.beneath(s, spec) {
		if sub, ok := c.Spec(); ok {
			below := a.at(join(place, id))
			anew := fresh || below.PID() != lives[id] && restarts(spec, own, id)
			a.level(below, sub, join(place, id), join(path, c.ID), anew)
		}
	}
}

// forgotten are the ids of those that s has no more and whose entry in the file
// is another now: whoever writes there wants the child to be as that says, and
// it is not there to go on under it. Should s be restarted just now, they come
// with it, and are started once more.
func (a *applier) forgotten(s *supervise.Supervisor, spec supervise.Spec, own SupervisorChanges) (ids []string) {
	if spec.Policy.Strategy == supervise.SimpleOneForOne {
		return nil
	}
	for _, c := range spec.Children {
		_, beneath := a.by[join(own.Path, c.ID)]
		if beneath || slices.Contains(own.Retuned, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	now, err := s.Snapshot(a.ctx) // none: Change says so
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(now.Children, func(c supervise.ChildSnapshot) bool { return c.ID == id })
	})
}

// restarts reports whether the change of a supervisor to that spec restarts the
// child, or starts it. When another life is there of one that it does not, a
// crash came between, and that life may have begun by the old spec.
func restarts(spec supervise.Spec, own SupervisorChanges, id string) bool {
	before := spec.Children // those whose change takes the child with it
	switch spec.Policy.Strategy {
	case supervise.RestForOne:
		before = before[:1+slices.IndexFunc(before, func(c supervise.ChildSpec) bool { return c.ID == id })]
	case supervise.OneForOne:
		before = nil
	case supervise.OneForAll, supervise.SimpleOneForOne:
	}
	return slices.Contains(own.Added, id) || slices.Contains(own.Changed, id) ||
		slices.ContainsFunc(before, func(c supervise.ChildSpec) bool { return slices.Contains(own.Changed, c.ID) })
}

// beneath are the children that s has by its spec, by their ids: of a template
// the instances, but for those that were given a start of their own.
func (a *applier) beneath(s *supervise.Supervisor, spec supervise.Spec) iter.Seq2[string, supervise.ChildSpec] {
	return func(yield func(string, supervise.ChildSpec) bool) {
		if spec.Policy.Strategy != supervise.SimpleOneForOne {
			for _, c := range spec.Children {
				if !yield(c.ID, c) {
					return
				}
			}
			return
		}
		now, err := s.Snapshot(a.ctx) // none: Change says so
		if err != nil {
			return
		}
		for _, c := range now.Children {
			if !c.OwnStart && !yield(c.ID, spec.Children[0]) {
				return
			}
		}
	}
}

// above is the path of the supervisor of that at path.
func above(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

func (a *applier) at(path string) *supervise.Supervisor {
	if path == "" {
		return supervise.SupervisorAt(a.sys, a.root)
	}
	return supervise.SupervisorAt(a.sys, a.root+"/"+path)
}
