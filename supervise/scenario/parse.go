package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// Parse reads a scenario, with its tree or without. Unknown keys, wrong types
// and steps that cannot be are an *[Error].
func Parse(data []byte) (*Scenario, error) {
	root, err := read(data)
	if err != nil {
		return nil, err
	}
	o := root.object()
	s := &Scenario{}
	if name := o.text("name"); name != nil {
		s.Name = *name
	}
	if doc := o.text("doc"); doc != nil {
		s.Doc = *doc
	}
	if unordered := o.flag("unordered"); unordered != nil {
		s.Unordered = *unordered
	}
	p := &parser{}
	s.Setup = p.steps(o, "setup", FailStarts, HangStop)
	if n, ok := o.take("supervisor"); ok {
		var tree Supervisor
		tree, err = p.supervisor(n)
		s.Supervisor = &tree
		o.note(err)
	}
	s.Steps = p.steps(o, "steps")
	return s, o.end()
}

// ParseSupervisor reads a tree by itself. The places of the keys that scenarios
// do not have are returned, and what they say is left out.
func ParseSupervisor(data []byte) (*Supervisor, []string, error) {
	root, err := read(data)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{lenient: true}
	tree, err := p.supervisor(root)
	return &tree, p.unknown, err
}

// parser maps JSON to scenarios.
type parser struct {
	lenient bool     // about unknown keys of trees
	unknown []string // the places of those
}

// end ends an object of a tree.
func (p *parser) end(o *object) error {
	if !p.lenient {
		return o.end()
	}
	for _, key := range o.rest() {
		p.unknown = append(p.unknown, within(o.place, key))
	}
	return o.err
}

func (p *parser) supervisor(n node) (Supervisor, error) {
	o := n.object()
	s := Supervisor{
		Strategy:     o.text("strategy"),
		Intensity:    o.number("intensity", -1<<31),
		Period:       o.duration("period"),
		AutoShutdown: o.text("auto_shutdown"),
		Boot:         o.text("boot"),
	}
	for _, child := range o.list("children") {
		c, err := p.child(child)
		o.note(err)
		s.Children = append(s.Children, c)
	}
	return s, p.end(o)
}

func (p *parser) child(n node) (Child, error) {
	o := n.object()
	id := o.text("id")
	c := Child{Restart: o.text("restart"), Type: o.text("type"), Significant: o.flag("significant")}
	switch {
	case id == nil:
		o.note(fault(o.place, "the key \"id\" is missing"))
	case *id == "" || strings.ContainsAny(*id, "/#"):
		o.note(fault(within(o.place, "id"), "%.40q must be a name without '/' and '#'", *id))
	default:
		c.ID = *id
	}
	if n, ok := o.take("shutdown"); ok {
		shutdown, err := n.shutdown()
		c.Shutdown = &shutdown
		o.note(err)
	}
	if n, ok := o.take("supervisor"); ok {
		nested, err := p.supervisor(n)
		c.Supervisor = &nested
		o.note(err)
	}
	return c, p.end(o)
}

// Words of a shutdown.
const (
	brutalKill = "brutal_kill"
	infinity   = "infinity"
)

func (n node) shutdown() (Shutdown, error) {
	if n.value == brutalKill || n.value == infinity {
		return Shutdown{Word: fmt.Sprint(n.value)}, nil
	}
	d, err := n.duration(`"brutal_kill", "infinity" or a time such as "5s"`)
	return Shutdown{Time: d}, err
}

// steps takes the list of that key; only the steps that are allowed may be in
// it, if some are named.
func (p *parser) steps(o *object, key string, allowed ...Op) []Step {
	var steps []Step
	for _, n := range o.list(key) {
		step, err := p.step(n, allowed)
		o.note(err)
		steps = append(steps, step)
	}
	return steps
}

// ops are the steps there are.
func ops() []Op {
	return []Op{Exit, StartChild, TerminateChild, RestartChild, DeleteChild, CountChildren, WhichChildren, FailStarts, HangStop, Advance, Stop}
}

// requests are the steps that can be queued.
func requests() []Op {
	return []Op{StartChild, TerminateChild, RestartChild, DeleteChild, CountChildren, WhichChildren, Stop}
}

func (p *parser) step(n node, allowed []Op) (Step, error) {
	o := n.object()
	if o.err != nil {
		return Step{}, o.err
	}
	known := slices.DeleteFunc(ops(), func(op Op) bool { _, ok := o.members[string(op)]; return !ok })
	switch {
	case len(known) == 0:
		return Step{}, fault(o.place, "none of its keys is that of a step: %s", names(ops()))
	case len(known) > 1:
		return Step{}, fault(o.place, "it has the keys of two steps: %s", names(known))
	case allowed != nil && !slices.Contains(allowed, known[0]):
		return Step{}, fault(o.place, "the step %s is not possible here, but only: %s", known[0], names(allowed))
	}
	s := Step{Op: known[0]}
	switch s.Op {
	case Exit:
		p.exit(o, &s)
	case Stop:
		reason := o.text(string(Stop))
		o.note(checkReason(within(o.place, string(Stop)), *orEmpty(reason), reasons()...))
		s.Reason = *orEmpty(reason)
	case Advance:
		if d := o.duration(string(Advance)); d != nil {
			s.Time = *d
		}
		if s.Time < 0 {
			o.note(fault(within(o.place, string(Advance)), "time does not go back"))
		}
	default:
		p.about(o, &s)
	}
	return s, o.end()
}

func orEmpty(s *string) *string {
	if s == nil {
		return new(string)
	}
	return s
}

// names lists steps.
func names(list []Op) string {
	text := make([]string, 0, len(list))
	for _, op := range list {
		text = append(text, string(op))
	}
	return strings.Join(text, ", ")
}

// exit reads an exit step.
func (p *parser) exit(o *object, s *Step) {
	n, _ := o.take(string(Exit))
	paths := []node{n}
	if list, ok := n.value.([]node); ok {
		paths, s.List = list, true
		if len(list) == 0 {
			o.note(fault(n.place, "the list must not be empty"))
		}
	}
	for _, n := range paths {
		path, err := n.path()
		o.note(err)
		s.Paths = append(s.Paths, path)
	}
	if reason := o.text("reason"); reason != nil {
		s.Reason = *reason
		o.note(checkReason(within(o.place, "reason"), s.Reason, append(reasons(), "kill")...))
	}
}

func reasons() []string { return []string{"normal", "shutdown", "crash"} }

// checkReason holds the reason of an end.
func checkReason(place, reason string, allowed ...string) error {
	if term, ok := strings.CutPrefix(reason, "shutdown:"); ok && term != "" || slices.Contains(allowed, reason) {
		return nil
	}
	return fault(place, "%.40q must be one of %s, or shutdown:TERM", reason, strings.Join(allowed, ", "))
}

// about reads a step about one path.
func (p *parser) about(o *object, s *Step) {
	n, _ := o.take(string(s.Op))
	path, err := n.path()
	o.note(err)
	s.Paths = []string{path}
	switch s.Op {
	case StartChild:
		if n, ok := o.take("spec"); ok {
			child, err := p.child(n)
			s.Spec = &child
			o.note(err)
		}
	case FailStarts:
		p.failStarts(o, s)
	default:
	}
}

func (p *parser) failStarts(o *object, s *Step) {
	s.Times = o.number("times", 0)
	if reason := o.text("reason"); reason != nil {
		s.Reason = *reason
		if !slices.Contains(failures(), s.Reason) {
			o.note(fault(within(o.place, "reason"), "%.40q must be one of %s", s.Reason, strings.Join(failures(), ", ")))
		}
	}
	for _, n := range o.list("queue") {
		entry := n.object()
		var q Queued
		if at := entry.number("at", 1); at != nil {
			q.At = *at
		} else {
			entry.note(fault(entry.place, "the key \"at\" is missing"))
		}
		if n, ok := entry.take("step"); ok {
			var err error
			q.Step, err = p.step(n, requests())
			entry.note(err)
		} else {
			entry.note(fault(entry.place, "the key \"step\" is missing"))
		}
		o.note(entry.end())
		s.Queue = append(s.Queue, q)
	}
}

// failures are the ways in which a start fails.
func failures() []string { return []string{"error", "exception", "ignore"} }
