package procactor

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// blame counts a death against the request that was running, if it says
// something about it; the error ends the request.
func (c *core) blame(r *request, t *trip, o outcome) error {
	died := blamable(o.answer)
	if died == nil {
		return nil
	}
	t.deaths = append(t.deaths, actor.Down{PID: o.pid, Reason: died})
	return c.poison.died(time.Now(), r.info.Name, r.key, t.deaths)
}

// blameLate is blame for a call that was given up before its worker died of it.
func (c *core) blameLate(r *request, pid actor.PID, a answer) {
	if died := blamable(a); died != nil && r.key != "" {
		_ = c.poison.died(time.Now(), r.info.Name, r.key, []actor.Down{{PID: pid, Reason: died}}) // nobody waits for it
	}
}

// blamable returns the death that a request may be to blame for, else nil.
func blamable(a answer) *ExitError {
	died := workerDeath(a.err)
	if died == nil || a.delivery != actor.Unknown || !died.counts() {
		return nil
	}
	return died
}

// praise notes that a call ended well.
func (c *core) praise(r *request, o outcome) {
	if r.key != "" && o.answer.err == nil && (o.answer.kind == wire.KindReply || o.answer.kind == wire.KindEnd) {
		c.poison.ended(time.Now(), r.info.Name, r.key)
	}
}

// hangs reports whether a request that began then, and that err ended with ctx,
// hangs, if its worker has to be killed for it.
func (r *request) hangs(ctx context.Context, err error, began time.Time) bool {
	deadline, ok := ctx.Deadline()
	own := ok && r.key != "" && context.Cause(ctx) == r.over //nolint:errorlint // that of another call wraps the same
	return own && isHang(err, began, deadline, r.timeout)
}
