package policy

import (
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/supervise"
)

// check reports what is wrong between the keys of s and its children, by
// OTP's rules and by ours.
func (d *decoder) check(s *rawSupervisor, key string) {
	d.checkBackoff(s.backoff, key)
	if s.strategy.v == supervise.SimpleOneForOne && (s.children.set || !s.children.given) {
		if n := len(s.children.v); n != 1 {
			d.failAt(s.strategy.at, key+".strategy", fmt.Sprintf("a simple_one_for_one has %d children", n),
				"give it exactly one, the template of its instances")
		}
	}
	first := map[string]int{}
	for i, c := range s.children.v {
		d.checkChild(c, s)
		if !c.id.set {
			continue
		}
		if j, twice := first[c.id.v]; twice {
			d.fail(c.id.at, c.key+".id", quote(c.id.v)+" is also that of the child in line "+itoa(s.children.v[j].id.at.line), "give each child of a supervisor its own id")
			continue
		}
		first[c.id.v] = i
	}
	d.checkAfter(s.children.v)
	for _, c := range s.children.v {
		if c.supervisor.v != nil {
			d.check(c.supervisor.v, c.key+".supervisor")
		}
	}
}

func (d *decoder) checkBackoff(b got[*rawBackoff], key string) {
	if b.v == nil || !b.v.max.set || !b.v.initial.set {
		return
	}
	if b.v.max.v < b.v.initial.v {
		d.fail(b.v.max.at, key+".backoff.max", "is less than initial", "make it at least as long")
	}
}

// checkChild looks at one child of s.
func (d *decoder) checkChild(c *rawChild, s *rawSupervisor) {
	d.checkBackoff(c.backoff, c.key)
	if c.significant.v {
		at, key := c.significant.at, c.key+".significant"
		if c.restart.v == supervise.Permanent && (c.restart.set || !c.restart.given) {
			d.fail(at, key, "is true for a permanent child, which never ends for good", "add restart: transient or restart: temporary")
		}
		if s.autoShutdown.v == supervise.Never && (s.autoShutdown.set || !s.autoShutdown.given) {
			d.fail(at, key, "is true, but the supervisor's auto_shutdown is never", "give the supervisor auto_shutdown: any_significant or all_significant")
		}
	}
	if c.command.given && c.supervisor.given {
		d.fail(c.command.at, c.key+".command", "is given for a supervisor", "remove it, or the key supervisor; a command can be a child of that supervisor")
	}
	if c.command.set && c.command.v[0].plain == "" {
		d.fail(c.command.at, c.key+".command", "names no program", "begin it with the program")
	}
	d.checkProgram(c)
}

// checkProgram looks at what is said about a command.
func (d *decoder) checkProgram(c *rawChild) {
	about := []struct {
		given bool
		at    pos
	}{
		{c.env.given, c.env.at},
		{c.dir.given, c.dir.at},
		{c.ready.given, c.ready.at},
		{c.pool.given, c.pool.at},
		{c.every.given, c.every.at},
	}
	for i, key := range commandKeys() {
		if about[i].given && !c.command.given {
			d.fail(about[i].at, c.key+"."+key, "is given without a command", "add the key command, or remove "+key)
		}
	}
	if c.ready.v != nil {
		d.checkReady(c.ready, c.key+".ready")
	}
	if c.pool.given && (!c.ready.given || c.ready.v != nil && !c.ready.v.frame.given) {
		d.fail(c.pool.at, c.key+".pool", "is given without ready: {frame: true}", "add that, for only workers of Proctor can be in a pool")
	}
	if c.every.given && c.ready.given {
		d.fail(c.every.at, c.key+".every", "is given together with ready", "remove one of them: what runs again and again is never ready")
	}
	if c.every.given && c.pool.given {
		d.fail(c.every.at, c.key+".every", "is given together with pool", "remove one of them: a pool runs all the time")
	}
	if c.onFail.given && !c.every.given {
		d.fail(c.onFail.at, c.key+".on_fail", "is given without every", "add the key every, or remove on_fail; of what runs all the time each end is for restart and on_exit")
	}
}

func (d *decoder) checkReady(r got[*rawReady], key string) {
	given := []bool{r.v.frame.given, r.v.stdout.given, r.v.stderr.given, r.v.tcp.given, r.v.http.given, r.v.command.given}
	var names []string
	for i, name := range readyKinds() {
		if given[i] {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		d.fail(r.at, key, "does not say when", "give it one of "+strings.Join(readyKinds(), ", "))
	case len(names) > 1:
		d.fail(r.at, key, "has "+strings.Join(names, " and "), "keep one of them")
	case r.v.interval.given && (r.v.frame.given || r.v.stdout.given || r.v.stderr.given):
		d.fail(r.v.interval.at, key+".interval", "is given, but nothing is tried again", "remove it; it is for tcp, http and command")
	}
	if r.v.command.set && r.v.command.v[0].plain == "" {
		d.fail(r.v.command.at, key+".command", "names no program", "begin it with the program")
	}
}
