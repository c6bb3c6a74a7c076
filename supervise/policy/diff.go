package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// Changes are what makes one file of another.
type Changes struct {
	// Restart says why the running tree cannot become the new one without being
	// started anew as a whole; empty when it can.
	Restart string
	// Supervisors are those with a change of their own, from the top down.
	Supervisors []SupervisorChanges
}

// SupervisorChanges are those of one supervisor and its children; ids are in
// the order of the new file, those of Removed in that of the old.
type SupervisorChanges struct {
	Path      string   // below the top, which has none
	Policy    bool     // its strategy, intensity, period…
	Added     []string // started
	Removed   []string // stopped and forgotten
	Changed   []string // what runs is another: stopped and started
	Retuned   []string // restart, shutdown, backoff…: nothing is stopped
	Reordered bool     // those that stay come in another order
}

// Empty reports whether there is nothing to do.
func (c Changes) Empty() bool { return c.Restart == "" && len(c.Supervisors) == 0 }

// String has a line for each supervisor.
func (c Changes) String() string {
	var lines []string
	if c.Restart != "" {
		lines = append(lines, "start anew: "+c.Restart)
	}
	for _, s := range c.Supervisors {
		lines = append(lines, s.String())
	}
	if len(lines) == 0 {
		return "no change"
	}
	return strings.Join(lines, "\n")
}

// String is one line for people.
func (s SupervisorChanges) String() string {
	var parts []string
	for _, p := range []struct {
		what string
		ids  []string
	}{{"add", s.Added}, {"remove", s.Removed}, {"restart", s.Changed}, {"retune", s.Retuned}} {
		if len(p.ids) > 0 {
			parts = append(parts, p.what+" "+strings.Join(p.ids, ", "))
		}
	}
	if s.Policy {
		parts = append(parts, "another policy")
	}
	if s.Reordered {
		parts = append(parts, "another order")
	}
	return fmt.Sprintf("%s: %s", orTop(s.Path), strings.Join(parts, "; "))
}

func orTop(path string) string {
	if path == "" {
		return "top"
	}
	return path
}

// Diff compares two files. What runs a child is compared by value: a variable
// that has another value now is a change, one that has another name is none.
// What a program fills in counts as the same.
func Diff(old, to *File) Changes {
	var c Changes
	a, b := old.top().v, to.top().v
	switch {
	case old.Name() != to.Name():
		c.Restart = "the name of the top supervisor is another"
	case isTemplate(a) != isTemplate(b):
		c.Restart = "the top supervisor becomes, or was, a simple_one_for_one"
	}
	c.compare(a, b, "")
	return c
}

func isTemplate(s *rawSupervisor) bool { return s.strategy.v == supervise.SimpleOneForOne }

func (c *Changes) compare(old, to *rawSupervisor, path string) {
	s := SupervisorChanges{Path: path, Policy: !reflect.DeepEqual(policyOf(old), policyOf(to))}
	before, after := byID(old), byID(to)
	var kept []*rawChild
	for _, n := range to.children.v {
		o := before[n.id.v]
		switch {
		case o == nil:
			s.Added = append(s.Added, n.id.v)
			continue
		case !sameLife(o, n):
			s.Changed = append(s.Changed, n.id.v)
		case !reflect.DeepEqual(tuningOf(o), tuningOf(n)):
			s.Retuned = append(s.Retuned, n.id.v)
		}
		kept = append(kept, n)
	}
	i := 0
	for _, o := range old.children.v {
		if after[o.id.v] == nil {
			s.Removed = append(s.Removed, o.id.v)
			continue
		}
		s.Reordered = s.Reordered || kept[i].id.v != o.id.v
		i++
	}
	if !reflect.DeepEqual(s, SupervisorChanges{Path: path}) {
		c.Supervisors = append(c.Supervisors, s)
	}
	for _, n := range kept {
		if n.supervisor.v != nil && !slices.Contains(s.Changed, n.id.v) {
			c.compare(before[n.id.v].supervisor.v, n.supervisor.v, join(path, n.id.v))
		}
	}
}

func byID(s *rawSupervisor) map[string]*rawChild {
	m := map[string]*rawChild{}
	for _, c := range s.children.v {
		m[c.id.v] = c
	}
	return m
}

// sameLife reports whether what runs for a can go on for b.
func sameLife(a, b *rawChild) bool {
	if a.supervisor.v != nil && b.supervisor.v != nil {
		return isTemplate(a.supervisor.v) == isTemplate(b.supervisor.v)
	}
	return a.supervisor.v == nil && b.supervisor.v == nil && reflect.DeepEqual(programOf(a), programOf(b))
}

// program is what runs a child, as values that can be compared.
type program struct {
	command    Command
	ready      Ready
	stdout     string
	stderr     string
	pool       Pool
	hasReady   bool
	hasPool    bool
	hasCommand bool
}

func programOf(c *rawChild) program {
	cmd := commandOf(c, "")
	p := program{hasReady: cmd.Ready != nil, hasPool: cmd.Pool != nil, hasCommand: c.command.set}
	if p.hasReady {
		p.ready = *cmd.Ready
		if p.ready.Stdout != nil {
			p.stdout = p.ready.Stdout.String()
		}
		if p.ready.Stderr != nil {
			p.stderr = p.ready.Stderr.String()
		}
		p.ready.Stdout, p.ready.Stderr, p.ready.shown = nil, nil, ""
	}
	if p.hasPool {
		p.pool = *cmd.Pool
	}
	cmd.Ready, cmd.Pool, cmd.Shutdown, cmd.shown, cmd.hidden = nil, nil, 0, nil, nil
	slices.Sort(cmd.Env)
	p.command = cmd
	return p
}

// rules are those of an on_exit, as values that can be compared.
type rules struct {
	given bool
	list  []ruleValue
}

type ruleValue struct {
	match supervise.Match
	class string
	do    supervise.Verdict
}

func rulesOf(g got[[]*rawRule]) rules {
	r := rules{given: g.set}
	for _, one := range g.v {
		v := ruleValue{do: one.do.v}
		if w := one.when.v; w != nil {
			v.match, v.class = matchOf(w), w.class.v
		}
		r.list = append(r.list, v)
	}
	return r
}

type tuning struct {
	restart     supervise.Restart
	shutdown    time.Duration
	label       supervise.ChildType
	labeled     bool
	significant bool
	backoff     supervise.Backoff
	rules       rules
	max         supervise.Budget
}

func tuningOf(c *rawChild) tuning {
	return tuning{
		c.restart.v, c.shutdown.v, c.label.v, c.label.set, c.significant.v,
		backoffOf(c.backoff.v), rulesOf(c.onExit), budgetOf(c.maxRestarts.v),
	}
}

// policyOf is the policy of s but for the error classes of its rules, which
// are in the rules.
func policyOf(s *rawSupervisor) any {
	type values struct {
		policy supervise.Policy
		rules  rules
	}
	return values{supervise.Policy{
		Strategy:     s.strategy.v,
		Intensity:    orElse(s.intensity, supervise.DefaultIntensity),
		Period:       orElse(s.period, supervise.DefaultPeriod),
		AutoShutdown: s.autoShutdown.v,
		Backoff:      backoffOf(s.backoff.v),
		OOM:          budgetOf(s.oom.v),
		Circuit:      s.circuit.v,
		Boot:         s.boot.v,
	}, rulesOf(s.onExit)}
}
