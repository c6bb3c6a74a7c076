package policy

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Command is a child that is a program, as [Fill].Command gets it. How it is
// printed and logged tells no value of Env, and nothing that came from a
// variable: those are shown by their names.
type Command struct {
	ID       string        // of the child
	Path     string        // below the top supervisor, as "cache/redis"
	Args     []string      // the program and its arguments; never empty
	Env      []string      // as "NAME=value", besides what this process has
	Dir      string        // working directory; empty: that of this process
	Shutdown time.Duration // as in a ChildSpec; zero: the file says nothing
	Ready    *Ready        // nil: it is ready at once
	Pool     *Pool         // nil: it is one process
	Every    time.Duration // zero: it is started once, and restarted when it ends
	OnFail   OnFail        // of a run, when there is an Every

	shown  []string // Args for people
	hidden []text   // what errors of a start may repeat
}

// Pool is a pool of workers.
type Pool struct {
	Size int // zero: one for each CPU that may be used
}

// Defaults of a Ready.
const (
	DefaultReadyTimeout  = 30 * time.Second
	DefaultReadyInterval = 250 * time.Millisecond
)

// Ready says when a program counts as started. One of the first six fields is
// set. It is printed and logged as a [Command] is.
type Ready struct {
	Frame    bool           // when the worker has said so
	Stdout   *regexp.Regexp // when a line on its standard output matches
	Stderr   *regexp.Regexp // when a line on its standard error matches
	TCP      string         // when host:port takes a connection
	HTTP     string         // when a GET of the URL is answered with 200 to 399
	Command  []string       // when it exits with 0
	Timeout  time.Duration  // how long that may take
	Interval time.Duration  // from one try to the next

	shown string
}

// String is the command line for people: one that can be shown, not run.
func (c Command) String() string { return strings.Join(quoted(c.shown), " ") }

// Shown is Args with the names of variables instead of their values.
func (c Command) Shown() []string { return slices.Clone(c.shown) }

// Hide returns a message, such as that of an error of a start, with the names
// of variables instead of their values, wherever it repeats the program,
// the directory, or what the readiness asks. A value of a single character is no
// secret, and stays.
func (c Command) Hide(message string) string {
	var pairs []string
	for _, t := range c.hidden {
		pairs = append(pairs, t.plain, t.shown)
	}
	return strings.NewReplacer(pairs...).Replace(message)
}

// hiddenOf are the texts that came from variables, in each way in which an error
// may repeat them, the longest first.
func hiddenOf(texts ...text) []text {
	var out []text
	for _, t := range texts {
		if t.plain == t.shown {
			continue
		}
		clean := text{filepath.Clean(t.plain), filepath.Clean(t.shown)}
		for _, way := range []text{t, clean, {filepath.Base(t.plain), filepath.Base(t.shown)}} {
			out = append(out, way, text{inQuotes(way.plain), way.shown})
		}
	}
	// One sign is no secret, and to replace each "/" would make a riddle of a path.
	out = slices.DeleteFunc(out, func(t text) bool { return t.plain == t.shown || len(t.plain) < 2 })
	slices.SortStableFunc(out, func(a, b text) int { return len(b.plain) - len(a.plain) })
	return slices.Compact(out)
}

// inQuotes is s as %q writes it, without the quotes.
func inQuotes(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// Format prints String for every verb, so that no %+v tells a secret.
func (c Command) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// LogValue is String, too.
func (c Command) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, so that no JSON tells a secret.
func (c Command) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// String says when, for people.
func (r Ready) String() string { return r.shown }

// Format prints String for every verb.
func (r Ready) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, r.String()) }

// LogValue is String, too.
func (r Ready) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String, too.
func (r Ready) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// quoted puts quotes around what is not one plain word.
func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if w == "" || strings.ContainsAny(w, " \t\r\n\"'\\") {
			out[i] = strconv.Quote(w)
		}
	}
	return out
}

func plainOf(texts []text) []string {
	var out []string
	for _, t := range texts {
		out = append(out, t.plain)
	}
	return out
}

func shownOf(texts []text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.shown
	}
	return out
}

// commandOf is the command of c, which has one.
func commandOf(c *rawChild, path string) Command {
	cmd := Command{
		ID: c.id.v, Path: path, Args: plainOf(c.command.v), Dir: c.dir.v.plain,
		Shutdown: c.shutdown.v, Every: c.every.v, OnFail: c.onFail.v, shown: shownOf(c.command.v),
	}
	for _, v := range c.env.v {
		cmd.Env = append(cmd.Env, v.name+"="+v.value.plain)
	}
	if c.pool.v != nil {
		cmd.Pool = &Pool{c.pool.v.size.v}
	}
	if c.ready.v != nil {
		cmd.Ready = readyOf(c.ready.v)
	}
	cmd.hidden = hiddenOf(repeatedBy(c)...)
	return cmd
}

// repeatedBy are the texts of c that what is said of a failed start may hold.
func repeatedBy(c *rawChild) []text {
	texts := append(slices.Clone(c.command.v[:min(1, len(c.command.v))]), c.dir.v)
	if r := c.ready.v; r != nil {
		texts = append(texts, r.tcp.v, r.http.v)
		texts = append(texts, r.command.v[:min(1, len(r.command.v))]...)
	}
	return texts
}

func readyOf(r *rawReady) *Ready {
	ready := &Ready{
		Frame: r.frame.v, Stdout: r.stdout.v, Stderr: r.stderr.v, TCP: r.tcp.v.plain, HTTP: r.http.v.plain, Command: plainOf(r.command.v),
		Timeout: orElse(r.timeout, DefaultReadyTimeout), Interval: orElse(r.interval, DefaultReadyInterval),
	}
	switch {
	case r.frame.set:
		ready.shown = "frame"
	case r.stdout.set:
		ready.shown = "stdout " + quote(r.stdout.v.String())
	case r.stderr.set:
		ready.shown = "stderr " + quote(r.stderr.v.String())
	case r.tcp.set:
		ready.shown = "tcp " + r.tcp.v.shown
	case r.http.set:
		ready.shown = "http " + r.http.v.shown
	default:
		ready.shown = "command " + strings.Join(quoted(shownOf(r.command.v)), " ")
	}
	return ready
}

func orElse[V any](g got[V], fallback V) V {
	if g.set {
		return g.v
	}
	return fallback
}
