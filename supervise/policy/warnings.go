package policy

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/supervise"
)

// Warnings are about what is allowed, and is hardly meant, in the order of the
// file: what only a shell would understand, in a command, a directory or a
// variable; a child at an interval that its first failure ends, or for which what
// is said about crashes means nothing. No text of the file is repeated that came
// from a variable, or is the value of one.
func (f *File) Warnings() []Warning {
	w := &warner{file: f.name}
	w.supervisor(f.top().v)
	return w.all
}

// warner looks through a file.
type warner struct {
	file string
	all  []Warning
}

func (w *warner) supervisor(s *rawSupervisor) {
	for _, c := range s.children.v {
		w.command(c.command.at, "command", c.command.v)
		w.path(c.dir.at, "dir", c.dir.v.shown)
		for _, v := range c.env.v {
			w.variable(c.env.at, v)
		}
		if c.every.v > 0 && c.onFail.v == FailCrash && c.restart.v == supervise.Temporary {
			w.warn(c.restart.at, "restart: temporary forgets the child at its first run that fails, and no other comes; write on_fail: log to have the next one come at its time, without a restart, or leave both out: then it is restarted, which counts in the budget")
		}
		if c.onFail.v == FailLog {
			w.idle(c)
		}
		if r := c.ready.v; r != nil {
			w.command(r.command.at, "ready.command", r.command.v)
		}
		if c.supervisor.v != nil {
			w.supervisor(c.supervisor.v)
		}
	}
}

// idle looks for what is about a crash, at a child to whom no run is one.
func (w *warner) idle(c *rawChild) {
	for _, key := range []struct {
		name  string
		given bool
		at    pos
	}{
		{"backoff", c.backoff.given, c.backoff.at},
		{"on_exit", c.onExit.given, c.onExit.at},
		{"max_restarts", c.maxRestarts.given, c.maxRestarts.at},
	} {
		if key.given {
			w.warn(key.at, key.name+" is about crashes, and with on_fail: log no run that fails is one; remove "+key.name+", or on_fail")
		}
	}
}

func (w *warner) warn(at pos, text string) {
	w.all = append(w.all, Warning{w.file, at.line, at.col, text})
}

// command looks at a program and its arguments, which no shell sees.
func (w *warner) command(at pos, key string, words []text) {
	if len(words) == 0 {
		return
	}
	const instead = `; write [sh, -c, "…"] if a shell is to read it`
	switch program := words[0].shown; {
	case strings.ContainsAny(program, "|&;<>`"):
		w.warn(at, key+" begins with a line for a shell, and none reads it"+instead)
	case isCommandLine(program):
		w.warn(at, key+" begins with one text that has blanks, and nobody splits it; give each argument as an item of the list"+instead)
	default:
		w.path(at, key, program)
	}
	for i, word := range words[1:] {
		switch {
		case word.shown == "~", strings.HasPrefix(word.shown, "~/"):
			w.warn(at, key+"["+itoa(i+1)+"] begins with ~, of which only a shell makes a home directory; write the path, or ${HOME}")
		case slices.Contains([]string{"&&", "||", "|", ">", ">>", "2>&1"}, word.shown):
			w.warn(at, key+"["+itoa(i+1)+"] is "+word.shown+", which only a shell understands"+instead)
		}
	}
}

// isCommandLine reports whether the name of a program is one with its arguments,
// rather than a path with blanks: no disk is looked at, but what stands in a
// directory of programs, as /usr/bin, has no blanks in its name.
func isCommandLine(program string) bool {
	first, rest, blank := strings.Cut(program, " ")
	switch {
	case !blank:
		return false
	case !strings.ContainsAny(first, `/\`), strings.Contains(program, " -"):
		return true
	}
	dir := path.Base(path.Dir(first))
	return (dir == "bin" || dir == "sbin") && !strings.ContainsAny(rest, `/\`)
}

// path looks at a text that is a path.
func (w *warner) path(at pos, key, text string) {
	switch {
	case strings.HasPrefix(text, "~"):
		w.warn(at, key+" begins with ~, of which only a shell makes a home directory; write the path, or ${HOME}")
	case bareVariable().MatchString(text):
		w.warn(at, key+" has a variable without braces, which stays as it is; write ${NAME}")
	}
}

// bareVariable is what a shell would expand, and a file does not.
func bareVariable() *regexp.Regexp { return regexp.MustCompile(`(^|[^$])\$[A-Za-z_]`) }

// variable looks at one of env: to put something before the value that a variable
// has is done by ${NAME}.
func (w *warner) variable(at pos, v rawVariable) {
	for _, name := range []string{v.name, "PATH", "HOME", "USER", "PWD"} {
		if strings.Contains(v.value.shown, "$"+name) {
			w.warn(at, "env."+v.name+" has a variable without braces, which stays as it is; write ${"+name+"}")
			return
		}
	}
	if strings.HasPrefix(v.value.shown, "~/") {
		w.warn(at, "env."+v.name+" begins with ~, of which only a shell makes a home directory; write the path, or ${HOME}")
	}
}
