package link

// reader is a goroutine that reads the frames of a link, by its kind.
type reader uint8

const (
	nobodyReads    reader = iota
	callerReads           // a call that is alone, for itself, in its caller's goroutine
	goroutineReads        // one of the connection's own
)

// readDuty decides who reads a link, and what a PING and a write that is
// interrupted mean for that. It is a value without locks, time or I/O: its
// methods are the transitions, and each returns what is to be done about it.
// The zero readDuty is of a new link that no caller can read.
//
// At most one goroutine reads. A caller that reads goes on until its own call
// has its answer, or until it is interrupted; then a goroutine reads on if
// frames are to be expected: see [readDuty.expects].
type readDuty struct {
	interruptible bool // a read can be interrupted, so that callers may do it themselves

	by          reader
	caller      uint64 // the call that reads for itself
	writesFirst bool   // it is writing its long request, and does not read yet
	interrupted bool   // its read was interrupted

	watched bool   // read to the end, whether or not calls are there
	open    int    // calls without an answer
	asked   uint64 // the token of the last PING
	heard   uint64 // and of the last PONG
	over    bool   // reading has ended: nobody is to begin again

	writer   uint64 // the call that writes its long request itself; 0: none
	cutWrite bool   // that write was interrupted
}

// readSteps are what a transition of a [readDuty] asks for, in this order.
type readSteps struct {
	interrupt bool // have the read that waits return
	restore   bool // let reads wait again, after an interrupt
	begin     bool // start the goroutine that reads
}

// join enters a call. alone tells that it is the only one, so that it may write
// its request itself; reads, that its caller is to read as well, if it may.
// A long request is written before anything is read.
func (d *readDuty) join(id uint64, may, long bool) (alone, reads bool) {
	d.open++
	alone = d.open == 1
	if alone && may && d.interruptible && d.by == nobodyReads {
		d.by, d.caller, d.writesFirst = callerReads, id, long
		return alone, true
	}
	return alone, false
}

// written tells that the long request of a call that is to read was written. It
// reports whether that still holds: the duty may have been taken over.
func (d *readDuty) written(id uint64) (reads bool) {
	if d.caller != id {
		return false
	}
	d.writesFirst = false
	return true
}

// leave takes a call out: it has its answer, or was not sent.
func (d *readDuty) leave(id uint64) readSteps {
	d.open--
	return d.resign(id)
}

// leaveAll takes all calls out, since nothing more will be read.
func (d *readDuty) leaveAll() { d.open = 0 }

// resign ends the reading of a call's caller, if it is the one that reads.
func (d *readDuty) resign(id uint64) (s readSteps) {
	if d.by != callerReads || d.caller != id {
		return s
	}
	s.restore = d.interrupted
	d.by, d.caller, d.writesFirst, d.interrupted = nobodyReads, 0, false, false
	if !d.over && d.expects() {
		d.by, s.begin = goroutineReads, true
	}
	return s
}

// interrupt has a call's caller stop reading, if it is the one that reads.
func (d *readDuty) interrupt(id uint64) (s readSteps) {
	if d.by == callerReads && d.caller == id {
		d.interrupted, s.interrupt = true, true
	}
	return s
}

// need has somebody read. A caller that is still writing has its duty taken
// over: its write may have to wait until somebody reads.
func (d *readDuty) need() (s readSteps) {
	if d.writesFirst || d.by == nobodyReads && !d.over {
		d.by, d.caller, d.writesFirst, s.begin = goroutineReads, 0, false, true
	}
	return s
}

// goesOn tells, after a frame, whether the goroutine is to read another.
func (d *readDuty) goesOn() bool {
	if !d.expects() {
		d.by = nobodyReads
		return false
	}
	return true
}

// stopped tells that the goroutine reads no more, since the link has ended.
func (d *readDuty) stopped() { d.by = nobodyReads }

// end tells that the link has ended, and whether that is news.
func (d *readDuty) end() (first bool) {
	first, d.over = !d.over, true
	return first
}

// expects reports whether frames are to be expected. Where nobody can interrupt
// a read, a goroutine reads all the time.
func (d *readDuty) expects() bool {
	return !d.interruptible || d.watched || d.open > 0 || d.asked > d.heard
}

// ping counts a PING, and returns its token and how many before it have no
// answer.
func (d *readDuty) ping() (token, before uint64) {
	before = d.unanswered()
	d.asked++
	return d.asked, before
}

// unanswered returns how many PINGs have no answer.
func (d *readDuty) unanswered() uint64 { return d.asked - d.heard }

// pong takes the answer to a PING, which stands for those before it, too. It
// reports whether there was one to answer.
func (d *readDuty) pong(token uint64) bool {
	if token <= d.heard || token > d.asked {
		return false
	}
	d.heard = token
	return true
}

// writes tells that a call begins to write a long request itself: that may be
// interrupted until wrote.
func (d *readDuty) writes(id uint64) { d.writer = id }

// interruptWrite reports whether the write of a call is to be interrupted.
func (d *readDuty) interruptWrite(id uint64) bool {
	if d.writer != id {
		return false
	}
	d.cutWrite = true
	return true
}

// wrote tells that no such write goes on, and whether one was interrupted, so
// that writes are to be let wait again.
func (d *readDuty) wrote() (restore bool) {
	restore = d.cutWrite
	d.writer, d.cutWrite = 0, false
	return restore
}
