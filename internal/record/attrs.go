package record

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// The keys of the attributes. One thing has one key, whoever logs it.
const (
	KeySupervisor  = "supervisor"
	KeyChild       = "child"
	KeyPID         = "pid"
	KeyWorker      = "worker"
	KeyPool        = "pool"
	KeyProgram     = "program"
	KeyProcess     = "process"
	KeyReason      = "reason"
	KeyPanic       = "panic"
	KeyStack       = "stack"
	KeyCode        = "code"
	KeySignal      = "signal"
	KeyTask        = "task"
	KeyKey         = "key"
	KeyTrace       = "trace"
	KeyCalls       = "calls"
	KeyRestart     = "restart"
	KeyVerdict     = "verdict"
	KeyRule        = "rule"
	KeyDelay       = "delay"
	KeyUsed        = "used"
	KeyAllowed     = "allowed"
	KeyPeriod      = "period"
	KeyCount       = "count"
	KeyMissed      = "missed"
	KeyMissedInAll = "missed_in_all"
	KeyStream      = "stream"
	KeyBytes       = "bytes"
	KeyDir         = "dir"
	KeyVariable    = "PROCTOR_DEBUG"
	KeyType        = "type"
)

// Supervisor is a supervisor's path.
func Supervisor(path string) slog.Attr { return slog.String(KeySupervisor, path) }

// Child is the id of a supervisor's child.
func Child(id string) slog.Attr { return slog.String(KeyChild, id) }

// PID is the life of an actor, an actor.PID.
func PID(pid slog.LogValuer) slog.Attr { return slog.Any(KeyPID, pid) }

// Worker is the path of a worker, or of a host of commands.
func Worker(path string) slog.Attr { return slog.String(KeyWorker, path) }

// Pool is a pool's path.
func Pool(path string) slog.Attr { return slog.String(KeyPool, path) }

// Program is the path of the actor that a plain program is.
func Program(path string) slog.Attr { return slog.String(KeyProgram, path) }

// Process is the system's id of a process.
func Process(id int) slog.Attr { return slog.Int(KeyProcess, id) }

// Reason is why something ended, or failed. It stays an error, so that a
// handler can look into it by errors.As; its text has an end.
func Reason(err error) slog.Attr {
	if err == nil {
		return slog.Any(KeyReason, nil)
	}
	return slog.Any(KeyReason, reason{err})
}

// reason is an error whose text may be as long as a worker liked. How long it is
// is seen where the record is written: its methods may do what they like.
type reason struct{ error }

// LogValue implements [slog.LogValuer]: the error itself, if it is not too long.
func (r reason) LogValue() slog.Value {
	if len(r.Error()) <= mostReason {
		return slog.AnyValue(r.error)
	}
	return slog.AnyValue(longReason(r))
}

// longReason is an error of which only the beginning is told.
type longReason struct{ error }

// Error implements error.
func (r longReason) Error() string { return bounded(r.error.Error(), mostReason) }

// Unwrap returns the error itself, also to a handler that does not resolve values.
func (r reason) Unwrap() error { return r.error }

// Unwrap returns the error itself.
func (r longReason) Unwrap() error { return r.error }

// Panic is what was given to panic, as text. It may be anything: it is made text
// where the record is written, since its methods may do what they like.
func Panic(value any) slog.Attr { return slog.Any(KeyPanic, panicked{value}) }

type panicked struct{ value any }

// LogValue implements [slog.LogValuer].
func (p panicked) LogValue() slog.Value {
	return slog.StringValue(bounded(textOf(p.value), mostPanic))
}

// textOf is value as text. It is made on a goroutine of its own, which a method of
// the value may end, otherwise the record would be lost, and the stack with it.
func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	made := make(chan string, 1)
	go func() {
		text := fmt.Sprintf("a %T whose methods panic or end their goroutine", value)
		defer func() {
			_ = recover() // the text says so
			made <- text
		}()
		text = fmt.Sprint(value)
	}()
	return <-made
}

// Stack is the stack of a panic or of a crash.
func Stack(stack []byte) slog.Attr { return slog.String(KeyStack, bounded(string(stack), mostStack)) }

const (
	mostPanic  = 4 << 10
	mostReason = 8 << 10  // a panic's text may be a part of it
	mostStack  = 16 << 10 // of a crash with many goroutines the first ones are what matters
)

// bounded is text, or its beginning and how much is missing.
func bounded(text string, most int) string {
	if len(text) > most {
		text = fmt.Sprintf("%s\n... %d bytes left out ...", text[:most], len(text)-most)
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// Code is the exit code of a process.
func Code(code int) slog.Attr { return slog.Int(KeyCode, code) }

// Signal is the name of the signal that ended a process.
func Signal(name string) slog.Attr { return slog.String(KeySignal, name) }

// Task is the name of a task.
func Task(name string) slog.Attr { return slog.String(KeyTask, name) }

// Restart tells whether a child is restarted.
func Restart(is bool) slog.Attr { return slog.Bool(KeyRestart, is) }

// Verdict is what a rule of a Decider said.
func Verdict(verdict string) slog.Attr { return slog.String(KeyVerdict, verdict) }

// Rule is the number of that rule.
func Rule(number int) slog.Attr { return slog.Int(KeyRule, number) }

// Delay is how long something waits.
func Delay(d time.Duration) slog.Attr { return slog.Duration(KeyDelay, d) }

// Budget is how much of a budget of restarts is used, within its period.
func Budget(used, allowed int, period time.Duration) []slog.Attr {
	return []slog.Attr{slog.Int(KeyUsed, used), slog.Int(KeyAllowed, allowed), slog.Duration(KeyPeriod, period)}
}

// Count is how many there were.
func Count(n int) slog.Attr { return slog.Int(KeyCount, n) }

// Missed is how many times of a schedule were missed now, and in all.
func Missed(now, all int) []slog.Attr {
	return []slog.Attr{slog.Int(KeyMissed, now), slog.Int(KeyMissedInAll, all)}
}

// Stream is the name of an output stream.
func Stream(name string) slog.Attr { return slog.String(KeyStream, name) }

// Bytes is a number of bytes.
func Bytes(n int) slog.Attr { return slog.Int(KeyBytes, n) }

// Dir is a directory.
func Dir(path string) slog.Attr { return slog.String(KeyDir, path) }

// Variable is the value of PROCTOR_DEBUG.
func Variable(setting string) slog.Attr { return slog.String(KeyVariable, setting) }

// Type is what a person is to type.
func Type(line string) slog.Attr { return slog.String(KeyType, line) }

// Call is what is known of a call that a process ran when it ended.
type Call struct {
	Task  string
	Key   string // empty: it had none
	Trace string // its traceparent; empty: it had none
}

// mostCalls is how many calls a record names.
const mostCalls = 8

// Calls are the calls that a process ran when it ended. Of one, each part that
// is set is a text; of several, each is a list with an item for each call.
func Calls(calls []Call) []slog.Attr {
	switch len(calls) {
	case 0:
		return nil
	case 1:
		attrs := []slog.Attr{Task(calls[0].Task)}
		if calls[0].Key != "" {
			attrs = append(attrs, slog.String(KeyKey, bounded(calls[0].Key, mostPanic)))
		}
		if calls[0].Trace != "" {
			attrs = append(attrs, slog.String(KeyTrace, calls[0].Trace))
		}
		return attrs
	}
	var tasks, keys, traces []string
	for _, c := range calls[:min(len(calls), mostCalls)] {
		tasks, keys, traces = append(tasks, c.Task), append(keys, bounded(c.Key, mostPanic)), append(traces, c.Trace)
	}
	attrs := []slog.Attr{slog.Int(KeyCalls, len(calls)), slog.Any(KeyTask, tasks)}
	if strings.Join(keys, "") != "" {
		attrs = append(attrs, slog.Any(KeyKey, keys))
	}
	if strings.Join(traces, "") != "" {
		attrs = append(attrs, slog.Any(KeyTrace, traces))
	}
	return attrs
}
