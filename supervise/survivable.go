package supervise

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// Survivable marks an error with which a run of an [Every] failed as one that
// the child survives: the log has a record of it, an [EventRunFailed] tells of
// it, and the next run comes at its time. No restart comes of it, and no budget
// is used. It counts when run returns it as it is, not wrapped in another error;
// anywhere else it is as err. Of nil it is nil.
//
// It stays a crash when the child has been asked to stop meanwhile, or its
// System is closed: no other run would come.
func Survivable(err error) error {
	if err == nil {
		return nil
	}
	return &survivable{err}
}

type survivable struct{ err error }

// Error is that of the error.
func (s *survivable) Error() string { return s.err.Error() }

// Unwrap returns the error.
func (s *survivable) Unwrap() error { return s.err }

// survive tells of the failure of a run that the child survives, and returns
// nil; any other error it returns as it is.
func survive(ctx context.Context, at *actor.Slot, err error) error {
	failed, ok := err.(*survivable) //nolint:errorlint // what is in another error is a part of that
	if !ok {
		return err
	}
	reason := actor.SafeError(failed.err)
	if ctx.Err() != nil || foreign.Is(reason, actor.ErrClosed) {
		return reason
	}
	failure := &failedRun{at: at, reason: reason, told: make(chan struct{})}
	c := cellAt(at.System(), supervisorOf(at))
	if c == nil {
		failure.logOnly()
		return nil
	}
	if i := c.booting(); i == nil || !i.inbox.put(message{look: func(up bool) { failure.tell(i, up) }}) {
		failure.logOnly()
		return nil
	}
	select { // so that no run after it gets ahead, and the inbox has one of them at most
	case <-failure.told:
	case <-ctx.Done():
	}
	return nil
}

// failedRun is a run that failed, which the supervisor has yet to tell.
type failedRun struct {
	at     *actor.Slot
	reason error
	told   chan struct{} // closed when it has
}

// tell is called by the goroutine of the supervisor; up is false when that has
// ended.
func (f *failedRun) tell(i *incarnation, up bool) {
	p := i.current[f.at.ID()]
	if !up || p == nil || p.slot != f.at || p.exited.Load() {
		f.logOnly() // of a life that is over, or was left behind: no event comes after its end
		return
	}
	if !p.met { // a run at once was faster than the news that the child is up
		p.early = f
		return
	}
	defer close(f.told)
	i.now = time.Now()
	i.tell(report{kind: EventRunFailed, id: f.at.ID(), life: p.life, err: f.reason})
}

// logOnly is for when no supervisor tells it.
func (f *failedRun) logOnly() {
	defer close(f.told)
	pid, _ := f.at.PID()
	e := Event{Supervisor: supervisorOf(f.at), Kind: EventRunFailed, Child: f.at.ID(), PID: pid, Reason: f.reason}
	record.RunFailed.Log(f.at.System().Logger(), attrs(e)...)
}
