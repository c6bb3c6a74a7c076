package supervise

import (
	"errors"
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

// split cuts a path before its last component.
func split(path string) (parent, id string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// join is the inverse.
func join(parent, id string) string {
	if parent == "" || id == "" {
		return parent + id
	}
	return parent + "/" + id
}

// simReason names the reason of an end as traces have it.
func simReason(err error) string {
	var gaveUp *IntensityError
	var auto *AutoShutdownError
	switch {
	case errors.As(err, &gaveUp):
		return "reached_max_restart_intensity"
	case errors.As(err, &auto):
		return "auto_shutdown"
	case err == actor.ErrNormal: //nolint:errorlint // what wraps it has a text of its own
		return "normal"
	case err == actor.ErrShutdown: //nolint:errorlint // likewise
		return "shutdown"
	case err == actor.ErrKilled: //nolint:errorlint // likewise
		return "killed"
	}
	return err.Error()
}

// simUnborn names why a supervisor did not come up: by OTP's name when a child
// did not, and else, after a boot that went on, by the reason of its end.
func simUnborn(reason error) (name string, child bool) {
	switch reason.(type) { //nolint:errorlint // that of a supervisor beneath is a child that did not come up
	case *IntensityError, *AutoShutdownError:
		return simReason(reason), false
	case *EscalateError:
		return "escalated", false
	}
	return "failed_to_start_child", true
}

// simResult names the answer to a request.
func simResult(err error) string {
	if err == nil {
		return "ok"
	}
	var failed *actor.StartError
	var spec *SpecError
	switch {
	case errors.As(err, &failed): // be it for a wrong spec within
		return "error:start_failed"
	case errors.As(err, &spec):
		return "error:" + simSpecError(spec)
	}
	for _, e := range []struct {
		err  error
		name string
	}{
		{ErrAlreadyStarted, "already_started"},
		{ErrAlreadyPresent, "already_present"},
		{ErrNotFound, "not_found"},
		{ErrRunning, "running"},
		{ErrRestarting, "restarting"},
		{ErrSimpleOneForOne, "simple_one_for_one"},
		{ErrNotSimpleOneForOne, "not_simple_one_for_one"},
		{ErrNotOpen, "not_open"},
		{errNotRunning, "not_running"},
	} {
		if errors.Is(err, e.err) {
			return "error:" + e.name
		}
	}
	return "error:noproc"
}

// simSpecError names the mistake in a spec: by OTP's name where it has one.
func simSpecError(err error) string {
	var spec *SpecError
	if !errors.As(err, &spec) {
		return err.Error()
	}
	switch spec.Field {
	case "ID":
		return "duplicate_child_name"
	case "Children":
		return "bad_start_spec"
	case fieldSignificant:
		return "bad_combination"
	case "Restart":
		return "invalid_restart_type"
	case "Type":
		return "invalid_child_type"
	case "Policy.AutoShutdown":
		return "invalid_auto_shutdown"
	}
	field, _, _ := strings.Cut(strings.TrimPrefix(spec.Field, "Policy."), ".")
	return "invalid_" + strings.ToLower(field)
}
