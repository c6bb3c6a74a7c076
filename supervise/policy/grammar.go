package policy

import (
	"errors"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// grammar is the one definition of the files: which keys there are, what their
// values are, and what they mean. The decoder, its suggestions and the JSON
// Schema all come from it.
type grammar struct {
	file       object[rawFile]
	supervisor object[rawSupervisor]
	child      object[rawChild]
	backoff    object[rawBackoff]
	budget     object[rawBudget]
	rule       object[rawRule]
	match      object[rawMatch]
	pool       object[rawPool]
	ready      object[rawReady]
}

// maxCount bounds numbers of restarts: more is no limit.
const maxCount = 1_000_000_000

func newGrammar() *grammar {
	g := &grammar{}
	g.file = object[rawFile]{name: "a policy file", open: "x-", keys: []key[rawFile]{
		define("version", integer(1, 1), func(f *rawFile) *got[int] { return &f.version },
			"The version of this format. There is only 1, which is the default."),
		define("name", identifier(), func(f *rawFile) *got[string] { return &f.name },
			"The name of the top supervisor, and the beginning of all paths. The default is top."),
		define("supervisor", nested(&g.supervisor, "supervisor"), func(f *rawFile) *got[*rawSupervisor] { return &f.supervisor },
			"The top supervisor.").must("add the key supervisor, with the children below it"),
		define("$schema", word(), func(f *rawFile) *got[string] { return &f.schema },
			"Where this schema is, for editors."),
	}}
	g.supervisor = object[rawSupervisor]{name: "a supervisor", rules: supervisorRules(), keys: g.supervisorKeys()}
	g.child = object[rawChild]{name: "a child", rules: childRules(), keys: append(g.childKeys(), g.programKeys()...)}
	g.backoff = object[rawBackoff]{name: "a backoff", keys: backoffKeys()}
	g.budget = object[rawBudget]{name: "a budget", keys: []key[rawBudget]{
		define("intensity", integer(0, maxCount), func(b *rawBudget) *got[int] { return &b.intensity },
			"How many restarts are allowed within the period.").must("say how many, such as intensity: 5"),
		define("period", duration(false), func(b *rawBudget) *got[time.Duration] { return &b.period },
			"The window they are counted in. The default is that of the supervisor."),
	}}
	g.rule = object[rawRule]{name: "a rule", keys: []key[rawRule]{
		define("when", nested(&g.match, "when"), func(r *rawRule) *got[*rawMatch] { return &r.when },
			"What must be so of the end; all that is given must fit. Without it, every end fits."),
		define("do", enum(supervise.DoRestart, supervise.DoStop, supervise.DoEscalate, supervise.DoIgnore, supervise.ByType),
			func(r *rawRule) *got[supervise.Verdict] { return &r.do },
			"What becomes of the child: restart, stop (it is left down), escalate (the supervisor ends, and a rule of the one above about such an end fits that as well), ignore (it is left down, and counts for nothing) or by_type (as its restart says).").must("say what becomes of the child, such as do: stop"),
	}}
	g.match = object[rawMatch]{name: "a when", keys: matchKeys()}
	g.pool = object[rawPool]{name: "a pool", keys: []key[rawPool]{
		define("size", integer(1, 100_000), func(p *rawPool) *got[int] { return &p.size },
			"How many workers there are. The default is one for each CPU that the program may use."),
	}}
	g.ready = object[rawReady]{name: "a ready", rules: readyRules(), keys: readyKeys()}
	return g
}

func (g *grammar) supervisorKeys() []key[rawSupervisor] {
	return []key[rawSupervisor]{
		define("strategy", enum(supervise.OneForOne, supervise.OneForAll, supervise.RestForOne, supervise.SimpleOneForOne),
			func(s *rawSupervisor) *got[supervise.Strategy] { return &s.strategy },
			"What is restarted with a child that crashed: nothing else (one_for_one, the default), all children (one_for_all), those that come after it in the list (rest_for_one). In a simple_one_for_one the only child is a template, whose instances are started later."),
		define("intensity", integer(0, maxCount), func(s *rawSupervisor) *got[int] { return &s.intensity },
			"How many restarts are allowed within the period; one more, and the supervisor gives up. The default is 1."),
		define("period", duration(false), func(s *rawSupervisor) *got[time.Duration] { return &s.period },
			`The sliding window of intensity. The default is "5s".`),
		define("auto_shutdown", enum(supervise.Never, supervise.AnySignificant, supervise.AllSignificant),
			func(s *rawSupervisor) *got[supervise.AutoShutdown] { return &s.autoShutdown },
			"Which ends of significant children end the supervisor: never (the default), any_significant or all_significant."),
		define("children", family(&g.child), func(s *rawSupervisor) *got[[]*rawChild] { return &s.children },
			"The children. They are started in this order, each when the one before is ready, and stopped in the reverse order."),
		define("backoff", nested(&g.backoff, "backoff"), func(s *rawSupervisor) *got[*rawBackoff] { return &s.backoff },
			"Delays the restarts of children that have no backoff of their own. The default is none.").notInOTP(),
		define("on_exit", list(nested(&g.rule, "rule"), 0), func(s *rawSupervisor) *got[[]*rawRule] { return &s.onExit },
			"Decides by its cause about the end of a child that has no on_exit of its own: the first rule that fits counts, and without one the child's restart. After the rules that are given comes one more: exit code 125 means stop.").notInOTP(),
		define("oom", nested(&g.budget, "budget"), func(s *rawSupervisor) *got[*rawBudget] { return &s.oom },
			"A budget of its own for ends for want of memory, which then do not use that of intensity.").notInOTP(),
		define("circuit", boolean(), func(s *rawSupervisor) *got[bool] { return &s.circuit },
			"Whether a child whose restart has no budget left is left down until somebody resumes it, instead of the supervisor giving up. The default is false.").notInOTP(),
		define("boot", enum(supervise.BootStop, supervise.BootRestart), func(s *rawSupervisor) *got[supervise.Boot] { return &s.boot },
			"What becomes of a start that fails while the supervisor comes up: it stops what is up, and has not started (stop, the default), or that counts as a restart (restart), with its backoff and from the intensity, and those behind wait. It is for the children of this supervisor, not for those of supervisors below. OTP has no such key, but simulate knows it."),
	}
}

func (g *grammar) childKeys() []key[rawChild] {
	return []key[rawChild]{
		define("id", identifier(), func(c *rawChild) *got[string] { return &c.id },
			"Its name among its siblings, and the last part of its path.").must("give it one, such as id: web"),
		define("restart", enum(supervise.Permanent, supervise.Transient, supervise.Temporary),
			func(c *rawChild) *got[supervise.Restart] { return &c.restart },
			"After which ends it is restarted: always (permanent, the default), after a crash (transient), never (temporary)."),
		define("shutdown", shutdown(), func(c *rawChild) *got[time.Duration] { return &c.shutdown },
			`How long it may take to stop before it is killed: a duration, brutal_kill or infinity. The default is "5s" for a worker and infinity for a supervisor.`),
		define("type", enum(supervise.WorkerChild, supervise.SupervisorChild), func(c *rawChild) *got[supervise.ChildType] { return &c.label },
			"A label for the counts, and for the default of shutdown: worker or supervisor. The default is what the child is."),
		define("significant", boolean(), func(c *rawChild) *got[bool] { return &c.significant },
			"Whether its end can end its supervisor, as that one's auto_shutdown says; it must be transient or temporary. The default is false."),
		define("supervisor", nested(&g.supervisor, "supervisor"), func(c *rawChild) *got[*rawSupervisor] { return &c.supervisor },
			"Makes the child a supervisor with children of its own. A child with neither supervisor nor command is filled in by a Go program."),
		define("after", list(placed(identifier()), 1), func(c *rawChild) *got[[]got[string]] { return &c.after },
			"Siblings that it needs. They must come before it in the list, whose order is the order of starting; under rest_for_one it is restarted with them.").notInOTP(),
		define("backoff", nested(&g.backoff, "backoff"), func(c *rawChild) *got[*rawBackoff] { return &c.backoff },
			"Delays its restarts. The default is that of its supervisor.").notInOTP(),
		define("on_exit", list(nested(&g.rule, "rule"), 0), func(c *rawChild) *got[[]*rawRule] { return &c.onExit },
			"Decides by its cause about its end. The default is that of its supervisor.").notInOTP(),
		define("max_restarts", nested(&g.budget, "budget"), func(c *rawChild) *got[*rawBudget] { return &c.maxRestarts },
			"A budget of its own besides that of its supervisor.").notInOTP(),
	}
}

func (g *grammar) programKeys() []key[rawChild] {
	return []key[rawChild]{
		define("command", list(expanded(), 1), func(c *rawChild) *got[[]text] { return &c.command },
			"The program and its arguments, a list. No shell is involved. A program without a slash is looked for in PATH, and one such as ./serve in the working directory of this program, not in dir.").notInOTP(),
		define("env", variables(), func(c *rawChild) *got[[]rawVariable] { return &c.env },
			"Variables of its environment, besides those of the program that reads the file.").notInOTP(),
		define("dir", checked(func(string) (string, string) { return "", "" }), func(c *rawChild) *got[text] { return &c.dir },
			"Its working directory. The default is that of the program that reads the file.").notInOTP(),
		define("ready", nested(&g.ready, "ready"), func(c *rawChild) *got[*rawReady] { return &c.ready },
			"When it counts as started, so that the next child may start. The default is at once.").notInOTP(),
		define("pool", nested(&g.pool, "pool"), func(c *rawChild) *got[*rawPool] { return &c.pool },
			"Makes it a pool of workers that all run the command; ready must be frame. It replaces each that ends, and ends itself only when none can ever be started again, so that neither its calls nor kills use up the intensity of its supervisor.").notInOTP(),
		define("every", duration(false), func(c *rawChild) *got[time.Duration] { return &c.every },
			"Runs the command at times that are so far apart, the first one that long after the start, and never two at once. A run that fails is a crash, unless on_fail says something else.").notInOTP(),
		define("on_fail", enum(FailCrash, FailLog), func(c *rawChild) *got[OnFail] { return &c.onFail },
			"What a run that fails means for a child with every: a crash, about which restart and on_exit decide (crash, the default), or a record in the log and an event, and the next run at its time, without a restart (log). A run fails that does not exit with 0, is ended by a signal, or cannot be started.").notInOTP(),
	}
}

func backoffKeys() []key[rawBackoff] {
	return []key[rawBackoff]{
		define("initial", duration(false), func(b *rawBackoff) *got[time.Duration] { return &b.initial },
			"The delay of the second restart in a row; the first one is at once.").must("say what the first delay is, such as initial: 100ms"),
		define("max", duration(false), func(b *rawBackoff) *got[time.Duration] { return &b.max },
			`The longest delay. The default is "30s".`),
		define("factor", number(1, 1000), func(b *rawBackoff) *got[float64] { return &b.factor },
			"From delay to delay. The default is 2."),
		define("reset", duration(false), func(b *rawBackoff) *got[time.Duration] { return &b.reset },
			`A child that ran that long was healthy: its next restart is a first one again. The default is "1m".`),
		define("jitter", boolean(), func(b *rawBackoff) *got[bool] { return &b.jitter },
			"Whether a random part of each delay is waited for, so that those who failed together do not come back together. The default is true."),
	}
}

func matchKeys() []key[rawMatch] {
	return []key[rawMatch]{
		define("exit_code", oneOrMore(integer(0, min(math.MaxInt, math.MaxUint32))), func(m *rawMatch) *got[[]int] { return &m.codes },
			"The exit code, or a list of such."),
		define("signal", oneOrMore(signal()), func(m *rawMatch) *got[[]string] { return &m.signals },
			"The name of the signal that ended it, such as SIGSEGV, or a list of such."),
		define("oom", onlyTrue(), func(m *rawMatch) *got[bool] { return &m.oom },
			"It ended for want of memory."),
		define("panic", word(), func(m *rawMatch) *got[string] { return &m.panicText },
			"A part of the text of the panic that ended it."),
		define("start_failed", onlyTrue(), func(m *rawMatch) *got[bool] { return &m.startFailed },
			"It could not be restarted."),
		define("error", word(), func(m *rawMatch) *got[string] { return &m.class },
			"A class of errors: killed, no_connection, or one that the Go program names."),
	}
}

func readyKeys() []key[rawReady] {
	return []key[rawReady]{
		define("frame", onlyTrue(), func(r *rawReady) *got[bool] { return &r.frame },
			"When a worker of Proctor has said that it is ready."),
		define("stdout", pattern(), func(r *rawReady) *got[*regexp.Regexp] { return &r.stdout },
			"When a line on its standard output matches this regular expression. What it wrote before it ended counts, also a last line without an end."),
		define("stderr", pattern(), func(r *rawReady) *got[*regexp.Regexp] { return &r.stderr },
			"As stdout, for a line on its standard error."),
		define("tcp", checked(checkTCP), func(r *rawReady) *got[text] { return &r.tcp },
			"When this TCP port, host:port, takes a connection."),
		define("http", checked(checkHTTP), func(r *rawReady) *got[text] { return &r.http },
			"When a GET of this URL is answered with a status from 200 to 399."),
		define("command", list(expanded(), 1), func(r *rawReady) *got[[]text] { return &r.command },
			"When this program, with its arguments, exits with 0."),
		define("timeout", duration(false), func(r *rawReady) *got[time.Duration] { return &r.timeout },
			`How long that may take before the start has failed. The default is "30s".`),
		define("interval", duration(false), func(r *rawReady) *got[time.Duration] { return &r.interval },
			`The time between two tries, of tcp, http and command. The default is "250ms".`),
	}
}

// pattern is a regular expression of Go's regexp.
func pattern() kind[*regexp.Regexp] {
	return kind[*regexp.Regexp]{dict{"type": "string", "minLength": 1, "format": "regex"}, func(d *decoder, n *node, at string) (*regexp.Regexp, bool) {
		if n.form != stringForm || n.text == "" {
			d.fail(n.at, at, "is "+describe(n)+", not a regular expression", "write one in quotes, such as \"listening on\"")
			return nil, false
		}
		if strings.Contains(n.text, "${") {
			d.fail(n.at, at, notExpanded, notExpandedMend+"; in a regular expression \\$ is a dollar sign")
			return nil, false
		}
		re, err := regexp.Compile(n.text)
		if err != nil {
			problem := "is no regular expression"
			var wrong *syntax.Error
			if errors.As(err, &wrong) {
				problem += ": " + wrong.Code.String()
			}
			d.fail(n.at, at, problem, "correct it; a \\ before a sign takes it literally")
		}
		return re, err == nil
	}}
}

// objectsWith names the objects that have a key of that name.
func (g *grammar) objectsWith(name string) []string {
	var found []string
	for _, o := range g.objects() {
		for _, k := range o.infos {
			if k.name == name {
				found = append(found, o.name)
			}
		}
	}
	return found
}

// shape is an object without its type.
type shape struct {
	ref, name string
	infos     []keyInfo
	rules     dict
	open      string
}

func shapeOf[T any](ref string, o *object[T]) shape {
	return shape{ref, o.name, o.infos(), o.rules, o.open}
}

// objects are all there are, the file first.
func (g *grammar) objects() []shape {
	return []shape{
		shapeOf("", &g.file), shapeOf("supervisor", &g.supervisor), shapeOf("child", &g.child),
		shapeOf("backoff", &g.backoff), shapeOf("budget", &g.budget), shapeOf("rule", &g.rule),
		shapeOf("when", &g.match), shapeOf("pool", &g.pool), shapeOf("ready", &g.ready),
	}
}

func (o shape) find(name string) (keyInfo, bool) {
	i := slices.IndexFunc(o.infos, func(k keyInfo) bool { return k.name == name })
	if i < 0 {
		return keyInfo{}, false
	}
	return o.infos[i], true
}

// leaves reports whether the object leaves keys of that name alone.
func (o shape) leaves(name string) bool { return o.open != "" && strings.HasPrefix(name, o.open) }
