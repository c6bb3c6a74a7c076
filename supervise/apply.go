package supervise

import (
	"context"
	"slices"
)

// Change makes the running supervisor one of the spec to, but for its Name. Who
// is not in it is stopped, in reverse order, and forgotten; but a child that
// somebody gave by StartChild goes on, behind the others. Then who is named in
// changed and who is new is started, in order. One that is named and runs is
// stopped before, with those that the strategy would restart with it; but who
// is left down by a circuit ([Policy.Circuit]) stays that unless it is named,
// and so does who is behind it. One that is named may be of another kind then,
// and who waits for the one that it was is let go. Whoever is down with a group
// whose restart does not come any more because of the change is started, too.
// All others go on, under the Restart, the Shutdown, the Start and the like
// that the spec has for them now; the order is that of the spec, and restarts
// so far still count. Whoever was in the spec so far and is gone, as a temporary
// child that ended or one that was deleted, does not come back unless it is
// named. Of a SimpleOneForOne the template is changed, and the instances follow
// it, but for the StartFunc of those that came with one of their own. A temporary
// one of those cannot be started again, and when the template is named it is
// stopped and forgotten.
//
// Change is about one level: what is beneath a child that goes on stays as it
// is. It lasts until the supervisor is restarted, which is as its own
// supervisor has it in its spec: so change that as well.
//
// Errors: *[SpecError], also for an id in changed that the spec has not, and
// where a SimpleOneForOne was to become one of the others or the other way
// round; nothing is changed then. *[actor.StartError] for each start that
// failed, joined; such a child stays down, an instance is forgotten, and all else
// is changed. Whoever was stopped and still runs is named by *[actor.CloseError],
// joined, too. See also StartChild: what is being carried out when ctx ends goes
// on.
func (s *Supervisor) Change(ctx context.Context, to Spec, changed ...string) error {
	req, err := newChange(to, changed)
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, req)
	return err
}

// newChange makes the machine's request, if there is nothing wrong with it.
func newChange(to Spec, changed []string) (reqChange, error) {
	if err := to.check(); err != nil {
		return reqChange{}, err
	}
	for _, id := range changed {
		if !slices.ContainsFunc(to.Children, func(c ChildSpec) bool { return c.ID == id }) {
			return reqChange{}, &SpecError{
				Supervisor: to.Name, Child: id, Field: "ID",
				Problem: "is to be restarted, and not in the spec", Hint: "name children of the spec",
			}
		}
	}
	return reqChange{policy: to.Policy, specs: slices.Clone(to.Children), changed: slices.Clone(changed)}, nil
}
