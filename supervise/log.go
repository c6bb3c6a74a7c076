package supervise

import (
	"context"
	"log/slog"

	"github.com/proctor-dev/proctor/actor"
)

// Keys of the log records.
const (
	keySupervisor = "supervisor" // path
	keyChild      = "child"      // id or path
	keyPID        = "pid"
	keyReason     = "reason"
	keyRestart    = "restart" // whether the child is restarted
)

// textEnded is the record of an end that came after a start.
const textEnded = "supervisor ended"

// log writes the machine's news (OTP: the supervisor's reports).
func (i *incarnation) log(r report) {
	level, text := slog.LevelError, ""
	switch {
	case r.kind == EventExited && (r.verdict == DoRestart || !actor.IsNormal(r.err)):
		text = "child ended"
	case r.kind == EventStartFailed:
		text = "child failed to start"
	case r.kind == EventStopped && r.unasked:
		level, text = slog.LevelWarn, "child did not end as it was asked to"
	case r.kind == EventGaveUp:
		text = "supervisor gives up: too many restarts"
	default:
		return
	}
	attrs := []slog.Attr{slog.String(keySupervisor, i.path), slog.String(keyChild, r.id), slog.Any(keyReason, r.err)}
	if p := i.children[r.life]; p != nil {
		if pid := p.pid.Load(); pid != nil {
			attrs = append(attrs, slog.Any(keyPID, *pid))
		}
	}
	if r.kind == EventExited {
		attrs = append(attrs, slog.Bool(keyRestart, r.verdict == DoRestart))
	}
	i.sys.Logger().LogAttrs(context.Background(), level, text, attrs...)
}
