package supervise

import (
	"context"
	"log/slog"
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
	switch r.kind {
	case childTerminated:
		text = "child ended"
	case startFailed:
		text = "child failed to start"
	case shutdownFailed:
		level, text = slog.LevelWarn, "child did not end as it was asked to"
	case gaveUp:
		text = "supervisor gives up: too many restarts"
	}
	attrs := []slog.Attr{slog.String(keySupervisor, i.path), slog.String(keyChild, r.id), slog.Any(keyReason, r.err)}
	if p := i.children[r.life]; p != nil {
		if pid := p.pid.Load(); pid != nil {
			attrs = append(attrs, slog.Any(keyPID, *pid))
		}
	}
	if r.kind == childTerminated {
		attrs = append(attrs, slog.Bool(keyRestart, r.restart))
	}
	i.sys.Logger().LogAttrs(context.Background(), level, text, attrs...)
}
