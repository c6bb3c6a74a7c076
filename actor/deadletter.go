package actor

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/internal/backlog"
	"github.com/proctor-dev/proctor/internal/record"
)

// DeadLetter is a request that a [Ref.Cast] was told to be accepted, and that
// nobody will ever begin: its actor is gone or was killed before its turn came, a
// newer request took its place in a full mailbox, or no worker would take it. A
// Cast that was refused is none, since its sender has the error; a call that was
// not begun is none for the same reason.
type DeadLetter struct {
	To      PID   // whose it was; without a number when none of its lives is known
	Request any   // as it was sent
	Reason  error // why nobody will begin it; never nil
}

type deadLettersOption struct{ take func(DeadLetter) }

func (o deadLettersOption) applySystem(s *System) { s.dead.take = o.take }

// WithDeadLetters sets who gets the system's dead letters, in their order; nil is
// nobody. Whoever does, their number is in the log, at most once a second.
//
// take is called on a goroutine that does none of the system's work, one call at
// a time; it may use the system. While it is busy up to 1024 letters wait; what
// comes beyond is lost to it, and the log says how many were. A panic is in the
// log, the first one of the system, and costs that letter. [System.Close] waits
// for it for up to a second, and for a tenth of one after the end of its context.
func WithDeadLetters(take func(DeadLetter)) Option { return deadLettersOption{take} }

// DeadLetter reports a letter, for those who write another kind of actor. It
// does not wait for whoever takes it.
func (s *System) DeadLetter(l DeadLetter) { s.dead.add(s, []DeadLetter{l}) }

const (
	lettersRoom     = 1024              // letters that wait for whoever takes them
	lettersPause    = time.Second       // from one record of letters to the next
	lettersStall    = time.Second       // that Close waits for whoever takes them
	lettersOvertime = lettersStall / 10 // after the end of its context
)

// deadLetters counts the letters of a System for its log, and hands them on.
type deadLetters struct {
	take     func(DeadLetter) // nil: nobody
	panicked atomic.Bool      // a panic of take is in the log
	telling  sync.Mutex       // held while a record is written

	mu    sync.Mutex // protects the following
	mail  *backlog.Backlog[DeadLetter]
	count int         // that are in no record
	to    PID         // of the last of them
	why   error       // likewise
	pause *time.Timer // until the next record; nil: there may be one at once
}

// add takes letters in, of which there is at least one. It waits for nobody: it
// is called where a place is locked.
func (d *deadLetters) add(s *System, letters []DeadLetter) {
	d.mu.Lock()
	if d.take != nil {
		if d.mail == nil {
			d.mail = backlog.New(lettersRoom, func(letters iter.Seq[DeadLetter], lost int) { d.hand(s, letters, lost) })
		}
		for _, l := range letters {
			d.mail.Add(l, 1, 1)
		}
	}
	last := letters[len(letters)-1]
	d.count += len(letters)
	d.to, d.why = last.To, last.Reason
	if d.pause == nil {
		d.pause = time.AfterFunc(0, func() { d.paused(s) })
	}
	d.mu.Unlock()
}

// paused tells of what has come since the last record.
func (d *deadLetters) paused(s *System) {
	d.mu.Lock()
	if d.count == 0 {
		d.pause = nil
	} else {
		d.pause = time.AfterFunc(lettersPause, func() { d.paused(s) })
	}
	d.mu.Unlock()
	d.tell(s)
}

// tell writes a record of the letters that are in none.
func (d *deadLetters) tell(s *System) {
	d.telling.Lock()
	defer d.telling.Unlock()
	d.mu.Lock()
	count, to, why := d.count, d.to, d.why
	d.count, d.to, d.why = 0, PID{}, nil
	d.mu.Unlock()
	if count > 0 {
		record.RequestsLost.Log(s.Logger(), record.PID(to), record.Count(count), record.Reason(why))
	}
}

// flush tells of the rest, and waits a little for whoever takes the letters.
func (d *deadLetters) flush(ctx context.Context, s *System) {
	d.mu.Lock()
	if d.pause != nil {
		d.pause.Stop()
		d.pause = nil
	}
	mail := d.mail
	d.mu.Unlock()
	d.tell(s)
	if mail == nil {
		return
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), lettersStall)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lettersOvertime, cancel) })()
	mail.Drain(limit.Done())
}

// hand gives letters to whoever takes them.
func (d *deadLetters) hand(s *System, letters iter.Seq[DeadLetter], lost int) {
	d.some(s, letters)
	if lost > 0 {
		record.LettersLost.Log(s.Logger(), record.Count(lost))
	}
}

// some gives letters away until take has had all or has ended the goroutine: the
// others stay in the queue.
func (d *deadLetters) some(s *System, letters iter.Seq[DeadLetter]) {
	over := make(chan struct{})
	go func() {
		all := false
		defer func() {
			if !all {
				d.crashed(s, NewPanicError(goexit{}))
			}
			close(over)
		}()
		for l := range letters {
			if crash := guard(func() { d.take(l) }); crash != nil {
				d.crashed(s, crash)
			}
		}
		all = true
	}()
	<-over
}

func (d *deadLetters) crashed(s *System, crash *PanicError) {
	if !d.panicked.Swap(true) {
		record.DeadLettersPanicked.Log(s.Logger(), record.Panic(crash.Value), record.Stack(crash.Stack))
	}
}
