package procactor

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// WorkerError refuses a [Worker], or [Commands], that cannot be meant, before
// anything is started.
type WorkerError struct {
	of      string // the type that Field is of; empty: Worker
	Field   string // of Worker or Commands; empty when it is about the whole
	Problem string // what is wrong, such as "is -1s"
	Hint    string // what to write instead
	Err     error  // what the system says of it, if it was asked
}

// Error names the field, the mistake and what to write instead.
func (e *WorkerError) Error() string {
	msg := cmp.Or(e.of, "Worker")
	if e.Field != "" {
		msg += "." + e.Field
	}
	msg += " " + e.Problem
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg + "; " + e.Hint
}

// Unwrap returns what the system says.
func (e *WorkerError) Unwrap() error { return e.Err }

// check finds what can be known to be wrong without starting anything. A
// directory that is not there would else be told as a program that is not.
func (w Worker) check() error {
	if !w.self && w.path == "" && w.inside == nil {
		return &WorkerError{Problem: "names no program", Hint: "make it with Self or Program"}
	}
	for _, d := range []struct {
		field string
		value time.Duration
		zero  string
	}{
		{"Grace", w.Grace, defaultGrace.String()},
		{"StartTimeout", w.StartTimeout, defaultStartTimeout.String()},
	} {
		if d.value < 0 {
			return &WorkerError{Field: d.field, Problem: fmt.Sprintf("is %v", d.value), Hint: "use 0 for " + d.zero + ", or a positive duration"}
		}
	}
	if w.Silence < 0 && w.Silence != actor.Infinity {
		return &WorkerError{Field: "Silence", Problem: fmt.Sprintf("is %v", w.Silence), Hint: fmt.Sprintf("use 0 for %v, actor.Infinity for ever, or a positive duration", defaultSilence)}
	}
	if w.MaxDepth < 0 {
		return &WorkerError{Field: "MaxDepth", Problem: fmt.Sprintf("is %d", w.MaxDepth), Hint: fmt.Sprintf("use 0 for %d, or a positive number", defaultMaxDepth)}
	}
	if err := w.checkOwnDir(); err != nil {
		return err
	}
	if w.Dir == "" {
		return nil
	}
	const hint = "name a directory that is there, or leave it empty for this process's own"
	info, err := os.Stat(w.Dir)
	if err != nil {
		return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q cannot be used", w.Dir), Hint: hint, Err: err}
	}
	if !info.IsDir() {
		return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q cannot be used", w.Dir), Hint: hint, Err: syscall.ENOTDIR}
	}
	return nil
}

// checkOwnDir refuses a worker that needs the working directory of this process
// when that was deleted.
func (w Worker) checkOwnDir() error {
	if w.inside != nil {
		return nil // no process of its own
	}
	hint, problem := lackOfOwnDir(w.path, w.Dir)
	if problem == nil {
		return nil
	}
	switch {
	case w.Dir == "":
		return &WorkerError{Field: "Dir", Problem: "is empty", Hint: hint, Err: problem}
	case filepath.IsAbs(w.Dir):
		return &WorkerError{Problem: fmt.Sprintf("names its program %q by a relative path", w.path), Hint: hint, Err: problem}
	}
	return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q is a relative path", w.Dir), Hint: hint, Err: problem}
}

// limits are those of the wire to the worker, with the defaults filled in.
func (w Worker) limits() (wire.Limits, error) {
	return checkedLimits("", wire.Limits{MaxFrame: w.MaxFrame, MaxBody: w.MaxBody, Window: w.Window})
}

// checkedLimits are the limits with the defaults filled in; of says which type has
// them, see [WorkerError].
func checkedLimits(of string, l wire.Limits) (wire.Limits, error) {
	l = l.OrDefault()
	err := l.Check()
	if err == nil {
		return l, nil
	}
	field, least := "MaxFrame", uint64(wire.MinFrame)
	if tooSmall, ok := errors.AsType[*wire.LimitError](err); ok && tooSmall.What == wire.BoundBody {
		field, least = "MaxBody", wire.MinBody
	}
	return l, &WorkerError{of: of, Field: field, Problem: "is too small", Hint: fmt.Sprintf("use 0 for the default, or at least %d", least), Err: err}
}
