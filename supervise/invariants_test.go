package supervise_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// judge looks at a trace by what a supervisor must never do, whatever the
// machine thinks.
type judge struct {
	s     *scenario.Scenario
	trace scenario.Trace
	alive map[string]bool // who is up, by path
	step  int
	now   time.Duration

	stops  map[string][]string // by supervisor: ids of its children that it stopped in this step since the last start
	counts map[string]*count   // by supervisor, where restarts can be counted
}

// count recounts the restarts of a supervisor.
type count struct {
	intensity int
	period    time.Duration
	kinds     map[string]string // restart type by id
	uses      []time.Duration
	doomed    bool // it has to end now
}

// broken returns the first thing that must not be. Restarts are not counted
// when the tree has more than OTP knows.
func broken(s *scenario.Scenario, trace scenario.Trace, beyond bool) error {
	j := &judge{s: s, trace: trace, alive: map[string]bool{"": true}, step: -1, stops: map[string][]string{}, counts: map[string]*count{}}
	if !beyond {
		j.counted("", s.Supervisor)
	}
	for i, l := range trace {
		if err := j.line(l); err != nil {
			return fmt.Errorf("line %d, %v: %w", i+1, l, err)
		}
	}
	return nil
}

func cut(path string) (parent, id string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(0, i)], path[i+1:]
}

func (j *judge) line(l supervise.TraceLine) error {
	parent, id := cut(l.Child + l.Supervisor)
	switch l.Kind {
	case supervise.TraceStart:
		if j.alive[l.Child] {
			return fmt.Errorf("it lives already")
		}
		j.alive[l.Child] = true
		delete(j.stops, parent)
		j.begin(l.Child)
		return j.again(parent)
	case supervise.TraceExit, supervise.TraceStop:
		if !j.alive[l.Child] {
			return fmt.Errorf("it does not live")
		}
		delete(j.alive, l.Child)
		if l.Kind == supervise.TraceStop {
			return j.inReverse(parent, id)
		}
		return j.restart(parent, j.restarts(parent, id, l.Reason))
	case supervise.TraceStartFailed:
		delete(j.stops, parent)
		if err := j.again(parent); err != nil {
			return err
		}
		return j.restart(parent, j.alive[parent] && !j.requested(l.Child))
	case supervise.TraceSupervisorExit:
		return j.ended(l)
	case supervise.TraceBoot:
		j.alive[""] = l.Result == "ok"
	case supervise.TraceStep:
		for path, c := range j.counts {
			if c.doomed && j.alive[path] {
				return fmt.Errorf("%q has no restart left, and did not end", path)
			}
		}
		j.step = l.Step
		clear(j.stops)
		if st := j.s.Steps[l.Step]; st.Op == scenario.Advance {
			j.now += st.Time
		}
	case supervise.TraceStartIgnored, supervise.TraceReply:
	}
	return nil
}

// begin forgets what an earlier incarnation of the supervisor counted.
func (j *judge) begin(path string) {
	if c := j.counts[path]; c != nil {
		c.uses, c.doomed = nil, false
	}
}

// again: a child of path is started; not by a supervisor that is to end.
func (j *judge) again(path string) error {
	if c := j.counts[path]; c != nil && c.doomed && j.alive[path] {
		return fmt.Errorf("its supervisor has no restart left")
	}
	return nil
}

// ended holds the end of a supervisor.
func (j *judge) ended(l supervise.TraceLine) error {
	path := l.Supervisor
	if !j.alive[path] {
		return fmt.Errorf("it does not live")
	}
	for other := range j.alive {
		if other != path && (path == "" || strings.HasPrefix(other, path+"/")) {
			return fmt.Errorf("%q still lives", other)
		}
	}
	delete(j.alive, path)
	delete(j.stops, path)
	if c := j.counts[path]; c != nil && c.doomed != (l.Reason == "reached_max_restart_intensity") {
		return fmt.Errorf("restarts at %v, within %v allowed %d", c.uses, c.period, c.intensity)
	}
	if path == "" {
		return nil
	}
	return j.inReverse(cut(path))
}

// inReverse holds the order of stops where it is known: children of the tree
// as it is written that nobody gave a new place.
func (j *judge) inReverse(parent, id string) error {
	if j.s.Unordered {
		return nil
	}
	order := j.order(parent)
	if !slices.Contains(order, id) {
		return nil
	}
	for _, before := range j.stops[parent] {
		// A child that ends by itself and one that is stopped look alike for
		// supervisors; only steps that stop all of them count.
		if j.s.Steps[max(j.step, 0)].Op == scenario.Stop && slices.Index(order, before) < slices.Index(order, id) {
			return fmt.Errorf("%s was stopped before", before)
		}
	}
	j.stops[parent] = append(j.stops[parent], id)
	return nil
}

// order are the ids of a supervisor's children that keep their places.
func (j *judge) order(path string) []string {
	tree := j.s.Supervisor
	for _, id := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' }) {
		i := slices.IndexFunc(tree.Children, func(c scenario.Child) bool { return c.ID == id })
		if i < 0 || tree.Children[i].Supervisor == nil {
			return nil
		}
		tree = tree.Children[i].Supervisor
	}
	var ids []string
	for _, c := range tree.Children {
		if !givesAnew(j.s.Setup, c.ID) && !givesAnew(j.s.Steps, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// givesAnew reports whether a step, or a request in the queue of one, gives a
// child of that id, which is the last one then.
func givesAnew(steps []scenario.Step, id string) bool {
	gives := func(s scenario.Step) bool { return s.Op == scenario.StartChild && s.Spec != nil && s.Spec.ID == id }
	return slices.ContainsFunc(steps, func(s scenario.Step) bool {
		return gives(s) || slices.ContainsFunc(s.Queue, func(q scenario.Queued) bool { return gives(q.Step) })
	})
}

// counted notes the supervisors whose restarts can be counted: their children
// are workers, and nothing comes between.
func (j *judge) counted(path string, tree *scenario.Supervisor) {
	c := &count{intensity: 1, period: 5 * time.Second, kinds: map[string]string{}}
	if tree.Intensity != nil {
		c.intensity = *tree.Intensity
	}
	if tree.Period != nil {
		c.period = *tree.Period
	}
	plain := tree.Strategy == nil || *tree.Strategy != "simple_one_for_one"
	for _, child := range tree.Children {
		if child.Supervisor != nil {
			plain = false
			if !strings.Contains(path, "#") {
				j.counted(strings.TrimPrefix(path+"/"+child.ID, "/"), child.Supervisor)
			}
		}
		c.kinds[child.ID] = "permanent"
		if child.Restart != nil {
			c.kinds[child.ID] = *child.Restart
		}
	}
	for _, s := range slices.Concat(j.s.Setup, j.s.Steps) {
		plain = plain && s.Op != scenario.HangStop && len(s.Paths) < 2 && len(s.Queue) == 0 && (s.Op != scenario.StartChild || s.Path() != path)
	}
	if plain {
		j.counts[path] = c
	}
}

// restarts reports whether the end of that child is to be followed by a
// restart.
func (j *judge) restarts(parent, id, reason string) bool {
	c := j.counts[parent]
	if c == nil {
		return false
	}
	normal := reason == "normal" || strings.HasPrefix(reason, "shutdown")
	return c.kinds[id] == "permanent" || c.kinds[id] == "transient" && !normal
}

// requested reports whether the start of that child was asked for in this
// step.
func (j *judge) requested(path string) bool {
	return j.step >= 0 && j.s.Steps[j.step].Op == scenario.RestartChild && j.s.Steps[j.step].Path() == path
}

// restart counts one, and knows whether it was one too many.
func (j *judge) restart(path string, counts bool) error {
	c := j.counts[path]
	if c == nil || !counts {
		return nil
	}
	c.uses = append(slices.DeleteFunc(c.uses, func(at time.Duration) bool { return at < j.now-c.period }), j.now)
	c.doomed = len(c.uses) > c.intensity
	return nil
}
