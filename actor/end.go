package actor

// End ends the life; only the first call counts, and nil is [ErrNormal]. A
// reason whose methods panic, as those of a nil pointer in it do, becomes a
// *[PanicError]. If the life was ready its slot is told, before anybody else can
// know, and the cell is held for the next life; without a slot the cell is gone.
// Then each watcher gets its Down. A life that was not ready is a failed start,
// of which the starter knows.
func (l *Life) End(reason error) { l.EndAnswering(reason, nil) }

// EndAnswering is [Life.End] of a life that leaves calls open: answer, which
// must not block, fails them. It is called in any case, and if this is the End
// that counts, then when the slot knows and before any watcher does: whoever was
// answered, and then asks the slot's owner, finds that it knows, and who hears of
// the end by a [Down] finds every call answered.
func (l *Life) EndAnswering(reason error, answer func()) {
	if reason == nil {
		reason = ErrNormal
	}
	reason = SafeError(reason)
	owned, first := l.beginEnd(reason)
	if !first {
		if answer != nil {
			answer()
		}
		return
	}
	down := Down{PID: l.pid, Reason: reason}
	if owned {
		l.slot.exited(down)
	}
	watchers := l.endNow()
	// The cell next: whoever hears of the end must find it held or gone.
	l.place.emptied(l)
	if answer != nil {
		answer()
	}
	l.leave()
	if len(watchers) > 0 {
		tell(watchers, down)
	}
	if owned && l.slot.settled != nil {
		l.slot.settled()
	}
}

// beginEnd takes note of the end, which nobody sees before endNow; owned tells
// that there is a slot to tell, and first is false when the life was over, or
// about to be. These steps are no part of EndAnswering, as tell is none: it is
// often called on a young goroutine, whose stack is copied when it has to grow.
func (l *Life) beginEnd(reason error) (owned, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state >= ending {
		return false, false
	}
	l.lived = l.state == live
	l.state, l.reason = ending, reason
	return l.lived && l.slot != nil, true
}

// endNow is what the end changes in the life itself.
func (l *Life) endNow() (watchers map[*watcher]struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = ended
	if l.escalate != nil {
		l.escalate.Stop()
	}
	if l.cancel != nil {
		l.cancel(l.reason)
	}
	if l.kill != nil && !l.killed {
		close(l.kill)
	}
	watchers = l.watchers
	l.watchers, l.onStop, l.onKill = nil, nil, nil
	return watchers
}

// leave says that the place is free: whoever waits for the end may take it at
// once.
func (l *Life) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
	if l.over != nil {
		close(l.over)
	}
}

// leaving reports whether the place of the life is about to be free.
func (l *Life) leaving() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state >= ending
}

// tell delivers the Down to all who watch.
//
//go:noinline
func tell(watchers map[*watcher]struct{}, down Down) {
	for w := range watchers {
		w.deliver(down)
	}
}
