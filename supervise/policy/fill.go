package policy

import (
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/nearest"
	"github.com/proctor-dev/proctor/supervise"
)

// Fill is what a program gives to make a file's children run.
type Fill struct {
	// Children are those that the file names but leaves to the program: the
	// ones with neither command nor supervisor, by their path below the top,
	// such as "cache/warmer". Each must be in the file, and each of the file
	// here. What the file says (restart, shutdown…) goes before what the
	// ChildSpec says; its ID must be that of the file, or empty.
	Children map[string]supervise.ChildSpec
	// Command makes a child of a program; what the file says goes before what
	// the ChildSpec it returns says, here too. Its error is told with its text,
	// which must hold no secret. Nil: there must be no commands. Package
	// supervise/policy/commands has one.
	Command func(Command) (supervise.ChildSpec, error)
	// Errors are the classes that the rules of on_exit may name besides killed
	// and no_connection; an end fits if errors.Is(reason, class).
	Errors map[string]error
}

// filler makes a Spec, and goes on after a mistake.
type filler struct {
	*builder
	fill    Fill
	classes map[string]error
	used    map[string]bool
}

// Spec returns the tree as values of package supervise, with the children that
// fill gives. The error is [Errors]: a child that is missing or too much, a
// command that cannot be made, an error class that nobody knows.
func (f *File) Spec(fill Fill) (supervise.Spec, error) {
	m := &filler{
		builder: &builder{file: f.name}, fill: fill, used: map[string]bool{},
		classes: map[string]error{"killed": actor.ErrKilled, "no_connection": actor.ErrNoConnection},
	}
	for name, err := range fill.Errors {
		m.classes[name] = err
	}
	top := f.top()
	spec := m.supervisor(top.v, f.Name(), "")
	for _, path := range sortedKeys(fill.Children) {
		if !m.used[path] {
			m.extra(top, path)
		}
	}
	if err := m.errs.sorted(); err != nil {
		return supervise.Spec{}, err
	}
	return spec, nil
}

// Name is that of the top supervisor.
func (f *File) Name() string { return orElse(f.raw.name, "top") }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// join is the path of a child below the top.
func join(path, id string) string {
	if path == "" {
		return id
	}
	return path + "/" + id
}

func (m *filler) supervisor(s *rawSupervisor, name, path string) supervise.Spec {
	spec := supervise.Spec{Name: name, Policy: supervise.Policy{
		Strategy: s.strategy.v, Intensity: count(s.intensity), Period: s.period.v, AutoShutdown: s.autoShutdown.v,
		Backoff: backoffOf(s.backoff.v), Decider: m.decider(s.onExit), OOM: budgetOf(s.oom.v), Circuit: s.circuit.v, Boot: s.boot.v,
	}}
	for _, c := range s.children.v {
		child := m.child(c, join(path, c.id.v))
		if child.Significant && !c.significant.set && (child.Restart == supervise.Permanent || s.autoShutdown.v == supervise.Never) {
			m.fail(c.at, "the child "+quote(join(path, c.id.v))+" is given as a significant one, which does not fit its restart and its supervisor's auto_shutdown", "write significant: false, or change these")
		}
		spec.Children = append(spec.Children, child)
	}
	return spec
}

// count maps a number of restarts to Go values, where 0 is the default.
func count(g got[int]) int {
	if g.set && g.v == 0 {
		return supervise.NoRestarts
	}
	return g.v
}

func backoffOf(b *rawBackoff) supervise.Backoff {
	if b == nil {
		return supervise.Backoff{}
	}
	return supervise.Backoff{
		Initial: b.initial.v, Max: b.max.v, Factor: b.factor.v, Reset: b.reset.v, Exact: b.jitter.set && !b.jitter.v,
	}
}

func budgetOf(b *rawBudget) supervise.Budget {
	if b == nil {
		return supervise.Budget{}
	}
	return supervise.Budget{Intensity: count(b.intensity), Period: b.period.v}
}

// decider is never nil when the key is there: it then ends with the rule about
// exit code 125.
func (m *filler) decider(rules got[[]*rawRule]) supervise.Decider {
	if !rules.set {
		return nil
	}
	d := supervise.Decider{}
	for _, r := range rules.v {
		rule := supervise.Rule{Do: r.do.v}
		if w := r.when.v; w != nil {
			rule.When = matchOf(w)
			rule.When.Is = m.class(w.class)
		}
		d = append(d, rule)
	}
	return d
}

// matchOf is w but for its error class, which only a filler knows.
func matchOf(w *rawMatch) supervise.Match {
	return supervise.Match{
		Codes: w.codes.v, Signals: w.signals.v, OOM: w.oom.v, Panic: w.panicText.v, StartFailed: w.startFailed.v,
	}
}

func (m *filler) class(name got[string]) error {
	if !name.set {
		return nil
	}
	err, known := m.classes[name.v]
	if !known {
		names := sortedKeys(m.classes)
		hint := "name one of " + strings.Join(names, ", ")
		if near := nearest.To(name.v, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		m.fail(name.at, "error is "+quote(name.v)+", a class that this program does not know", hint)
	}
	return err
}

// child is c with what makes it run.
func (m *filler) child(c *rawChild, path string) supervise.ChildSpec {
	var spec supervise.ChildSpec
	given, isGiven := m.fill.Children[path]
	switch {
	case c.supervisor.v != nil:
		spec = supervise.Child(m.supervisor(c.supervisor.v, c.id.v, path))
	case c.command.set:
		spec = m.command(c, path)
	case !isGiven:
		m.fail(c.at, "nothing runs the child "+quote(path), "give it a command, or give the program a child for that path")
	case given.ID != "" && given.ID != c.id.v:
		m.used[path] = true
		m.fail(c.at, "the child "+quote(path)+" is given as one with the id "+quote(given.ID), "make it with the id that the file has")
	case given.Start == nil:
		m.used[path] = true
		m.fail(c.at, "the child "+quote(path)+" is given without a Start", "give it one, by supervise.Go or supervise.Actor, say")
	default:
		m.used[path], spec = true, given
	}
	return m.told(spec, c)
}

func (m *filler) command(c *rawChild, path string) supervise.ChildSpec {
	if m.fill.Command == nil {
		m.fail(c.command.at, "the child "+quote(path)+" has a command, and this program runs none", "remove the command, or let the program fill in what runs it")
		return supervise.ChildSpec{}
	}
	spec, err := m.fill.Command(commandOf(c, path))
	if err != nil {
		e := m.mistake(c.command.at, "the command of the child "+quote(path)+" cannot be made: "+err.Error(), "change what it says")
		e.Err = err
		m.report(e)
	}
	return spec
}

// told puts what the file says over spec.
func (m *filler) told(spec supervise.ChildSpec, c *rawChild) supervise.ChildSpec {
	spec.ID = c.id.v
	over(&spec.Restart, c.restart)
	over(&spec.Shutdown, c.shutdown)
	over(&spec.Type, c.label)
	over(&spec.Significant, c.significant)
	if c.backoff.set {
		spec.Backoff = backoffOf(c.backoff.v)
	}
	if c.onExit.set {
		spec.Decider = m.decider(c.onExit)
	}
	if c.maxRestarts.set {
		spec.MaxRestarts = budgetOf(c.maxRestarts.v)
	}
	return spec
}

func over[V any](to *V, g got[V]) {
	if g.set {
		*to = g.v
	}
}

// extra reports a child that the program gives and the file does not want, at
// the supervisor that is nearest to where it would be.
func (m *filler) extra(top got[*rawSupervisor], path string) {
	at, here, rest := top.at, top.v, path
	for {
		id, below, deeper := strings.Cut(rest, "/")
		i := slices.IndexFunc(here.children.v, func(c *rawChild) bool { return c.id.v == id })
		if i < 0 {
			m.fail(at, "the program gives a child for "+quote(path)+", which is not in the file", "add it, or do not give it")
			return
		}
		c := here.children.v[i]
		at = c.at
		if !deeper || c.supervisor.v == nil {
			m.taken(c, path, deeper)
			return
		}
		here, rest = c.supervisor.v, below
	}
}

// taken reports a child of the program at the place of c, or below it.
func (m *filler) taken(c *rawChild, path string, below bool) {
	problem := "the program gives a child for " + quote(path) + ", which "
	switch {
	case c.supervisor.v != nil:
		m.fail(c.at, problem+"is a supervisor in the file", "give its children, or remove the key supervisor")
	case below:
		m.fail(c.at, problem+"is below one that is no supervisor in the file", "do not give it, or add the key supervisor")
	default:
		m.fail(c.at, problem+"has a command in the file", "do not give it, or remove the command")
	}
}
