package link

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadDutyTransitions(t *testing.T) {
	t.Parallel()
	idle := readDuty{interruptible: true}
	reads := readDuty{interruptible: true, by: callerReads, caller: 1, open: 1}
	writes := readDuty{interruptible: true, by: callerReads, caller: 1, writesFirst: true, open: 1}
	cut := readDuty{interruptible: true, by: callerReads, caller: 1, interrupted: true, open: 1}
	runs := readDuty{interruptible: true, by: goroutineReads, open: 1}
	with := func(d readDuty, f func(*readDuty)) readDuty { f(&d); return d }
	two := func(d *readDuty) { d.open = 2 }
	none := func(d *readDuty) { d.open = 0 }
	over := func(d *readDuty) { d.over = true }
	asks := func(d *readDuty) { d.asked = 1 }
	join := func(id uint64, may, long, alone, reads bool) func(t *testing.T, d *readDuty) readSteps {
		return func(t *testing.T, d *readDuty) readSteps {
			t.Helper()
			a, r := d.join(id, may, long)
			assert.Equal(t, alone, a, "alone")
			assert.Equal(t, reads, r, "reads")
			return readSteps{}
		}
	}
	says := func(want bool, f func(d *readDuty) bool) func(t *testing.T, d *readDuty) readSteps {
		return func(t *testing.T, d *readDuty) readSteps {
			t.Helper()
			assert.Equal(t, want, f(d))
			return readSteps{}
		}
	}
	does := func(f func(d *readDuty) readSteps) func(t *testing.T, d *readDuty) readSteps {
		return func(_ *testing.T, d *readDuty) readSteps { return f(d) }
	}
	leave := func(id uint64) func(*testing.T, *readDuty) readSteps {
		return does(func(d *readDuty) readSteps { return d.leave(id) })
	}
	resign := func(id uint64) func(*testing.T, *readDuty) readSteps {
		return does(func(d *readDuty) readSteps { return d.resign(id) })
	}
	need := does((*readDuty).need)
	for _, tt := range []struct {
		name   string
		before readDuty
		event  func(t *testing.T, d *readDuty) readSteps
		after  readDuty
		steps  readSteps
	}{
		{"a call that is alone reads", idle, join(1, true, false, true, true), reads, readSteps{}},
		{"a long request is written first", idle, join(1, true, true, true, true), writes, readSteps{}},
		{"a stream leaves the reading to a goroutine", idle, join(1, false, false, true, false), with(idle, func(d *readDuty) { d.open = 1 }), readSteps{}},
		{"a second call writes through another", reads, join(2, true, false, false, false), with(reads, two), readSteps{}},
		{"while a goroutine reads nobody else does", with(runs, none), join(1, true, true, true, false), runs, readSteps{}},
		{"a read that cannot be interrupted is no caller's", readDuty{}, join(1, true, false, true, false), readDuty{open: 1}, readSteps{}},

		{"a written request is waited for", writes, says(true, func(d *readDuty) bool { return d.written(1) }), reads, readSteps{}},
		{"a written request whose duty was taken over", runs, says(false, func(d *readDuty) bool { return d.written(1) }), runs, readSteps{}},

		{"an answered caller leaves nobody behind", reads, leave(1), idle, readSteps{}},
		{"an answered caller leaves another call behind", with(reads, two), leave(1), runs, readSteps{begin: true}},
		{"an answered caller leaves a PING behind", with(reads, asks), leave(1), with(with(runs, none), asks), readSteps{begin: true}},
		{"an answered caller of a link that has ended", with(with(reads, two), over), leave(1), with(with(idle, func(d *readDuty) { d.open = 1 }), over), readSteps{}},
		{"the answer of another call", with(reads, two), leave(2), reads, readSteps{}},
		{"the answer of a call whose goroutine reads", runs, leave(1), with(runs, none), readSteps{}},
		{"a request that was not sent", writes, leave(1), idle, readSteps{}},

		{"a caller that gives up is read on for", cut, resign(1), runs, readSteps{restore: true, begin: true}},
		{"a caller that reads no more", reads, resign(1), runs, readSteps{begin: true}},
		{"a caller that did not read", runs, resign(1), runs, readSteps{}},
		{"an interrupted caller that was answered", cut, leave(1), idle, readSteps{restore: true}},
		{"a caller at the end of the link", with(cut, over), resign(1), with(with(idle, func(d *readDuty) { d.open = 1 }), over), readSteps{restore: true}},

		{"an interrupted caller", reads, does(func(d *readDuty) readSteps { return d.interrupt(1) }), cut, readSteps{interrupt: true}},
		{"an interrupt that comes late", with(reads, func(d *readDuty) { d.caller = 2 }), does(func(d *readDuty) readSteps { return d.interrupt(1) }), with(reads, func(d *readDuty) { d.caller = 2 }), readSteps{}},
		{"an interrupt while a goroutine reads", runs, does(func(d *readDuty) readSteps { return d.interrupt(1) }), runs, readSteps{}},

		{"somebody must read", with(idle, asks), need, with(with(runs, none), asks), readSteps{begin: true}},
		{"somebody reads", reads, need, reads, readSteps{}},
		{"a goroutine reads", runs, need, runs, readSteps{}},
		{"whoever writes first has its duty taken over", writes, need, runs, readSteps{begin: true}},
		{"nobody can read any more", with(idle, over), need, with(idle, over), readSteps{}},

		{"a goroutine reads on for a call", runs, says(true, (*readDuty).goesOn), runs, readSteps{}},
		{"a goroutine reads on for a PONG", with(with(runs, none), asks), says(true, (*readDuty).goesOn), with(with(runs, none), asks), readSteps{}},
		{"a goroutine reads on for a handshake", with(with(runs, none), func(d *readDuty) { d.watched = true }), says(true, (*readDuty).goesOn), with(with(runs, none), func(d *readDuty) { d.watched = true }), readSteps{}},
		{"a goroutine rests", with(runs, none), says(false, (*readDuty).goesOn), idle, readSteps{}},
		{"a goroutine whose read cannot be interrupted never rests", readDuty{by: goroutineReads}, says(true, (*readDuty).goesOn), readDuty{by: goroutineReads}, readSteps{}},
		{"a goroutine at the end of the link", with(runs, over), does(func(d *readDuty) readSteps { d.stopped(); return readSteps{} }), with(with(idle, func(d *readDuty) { d.open = 1 }), over), readSteps{}},
		{"the end of the link", runs, says(true, (*readDuty).end), with(runs, over), readSteps{}},
		{"a second end of the link", with(runs, over), says(false, (*readDuty).end), with(runs, over), readSteps{}},
		{"no call is left", with(runs, two), does(func(d *readDuty) readSteps { d.leaveAll(); return readSteps{} }), with(runs, none), readSteps{}},

		{"a write that is interrupted", with(writes, func(d *readDuty) { d.writes(1) }), says(true, func(d *readDuty) bool { return d.interruptWrite(1) }), with(writes, func(d *readDuty) { d.writer, d.cutWrite = 1, true }), readSteps{}},
		{"another call's write", with(writes, func(d *readDuty) { d.writes(1) }), says(false, func(d *readDuty) bool { return d.interruptWrite(2) }), with(writes, func(d *readDuty) { d.writer = 1 }), readSteps{}},
		{"a write that is over", writes, says(false, func(d *readDuty) bool { return d.interruptWrite(1) }), writes, readSteps{}},
		{"writes may wait again", with(writes, func(d *readDuty) { d.writer, d.cutWrite = 1, true }), says(true, (*readDuty).wrote), writes, readSteps{}},
		{"writes may wait as before", with(writes, func(d *readDuty) { d.writer = 1 }), says(false, (*readDuty).wrote), writes, readSteps{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := tt.before
			assert.Equal(t, tt.steps, tt.event(t, &d))
			assert.Equal(t, tt.after, d)
		})
	}
}

func TestReadDutyCountsPings(t *testing.T) {
	t.Parallel()
	var d readDuty
	for i := range uint64(3) {
		token, unanswered := d.ping()
		assert.Equal(t, i+1, token)
		assert.Equal(t, i, unanswered)
	}
	assert.False(t, d.pong(0))
	assert.False(t, d.pong(4), "it was not asked")
	assert.True(t, d.pong(2), "for the first, too")
	assert.False(t, d.pong(2), "a second time")
	_, unanswered := d.ping()
	assert.Equal(t, uint64(1), unanswered)
}

// readPlay is a duty with what its shell does about it.
type readPlay struct {
	duty      readDuty
	calls     [3]callPlay // by id; the first is none
	goroutine bool        // it reads
}

// callPlay is where the caller of a call is.
type callPlay uint8

const (
	callAbsent callPlay = iota
	callWrites
	callReads
	callWaits
	callOver
)

// after carries the steps out.
func (p readPlay) after(t *testing.T, s readSteps) readPlay {
	t.Helper()
	if s.begin {
		require.False(t, p.goroutine, "a second goroutine reads: %+v", p)
		p.goroutine = true
	}
	return p
}

// moves returns all that may come next.
func (p readPlay) moves(t *testing.T) (next []readPlay) {
	t.Helper()
	add := func(f func(q *readPlay) readSteps) {
		q := p
		s := f(&q)
		next = append(next, q.after(t, s))
	}
	for id := uint64(1); id < uint64(len(p.calls)); id++ {
		switch p.calls[id] {
		case callAbsent:
			if p.duty.over {
				continue
			}
			for _, long := range []bool{false, true} {
				add(func(q *readPlay) readSteps {
					_, reads := q.duty.join(id, true, long)
					q.calls[id] = callWaits
					if reads && long {
						q.calls[id] = callWrites
					} else if reads {
						q.calls[id] = callReads
					}
					return readSteps{}
				})
			}
		case callWrites:
			add(func(q *readPlay) readSteps {
				q.calls[id] = callWaits
				if q.duty.written(id) {
					q.calls[id] = callReads
				}
				return readSteps{}
			})
			if p.duty.caller == id {
				add(func(q *readPlay) readSteps { q.calls[id] = callOver; return q.duty.leave(id) }) // it does not encode
			}
		case callReads:
			add(func(q *readPlay) readSteps { q.calls[id] = callWaits; return q.duty.resign(id) })
			add(func(q *readPlay) readSteps { return q.duty.interrupt(id) })
		case callWaits, callOver:
		}
		reader := p.goroutine || p.calls[1] == callReads || p.calls[2] == callReads
		if reader && !p.duty.over && (p.calls[id] == callReads || p.calls[id] == callWaits) {
			add(func(q *readPlay) readSteps { q.calls[id] = callOver; return q.duty.leave(id) }) // the answer
		}
	}
	add(func(q *readPlay) readSteps { return q.duty.need() })
	if p.goroutine {
		add(func(q *readPlay) readSteps {
			if q.goroutine = !q.duty.over && q.duty.goesOn(); q.duty.over {
				q.duty.stopped()
			}
			return readSteps{}
		})
	}
	if p.duty.asked < 1 {
		add(func(q *readPlay) readSteps { q.duty.ping(); return q.duty.need() })
	}
	if p.duty.heard < p.duty.asked {
		add(func(q *readPlay) readSteps { q.duty.pong(1); return readSteps{} })
	}
	add(func(q *readPlay) readSteps { q.duty.end(); return readSteps{} })
	return next
}

// Whatever comes in whatever order, at most one goroutine reads, and the duty
// knows which.
func TestReadDutyHasOneReader(t *testing.T) {
	t.Parallel()
	begin := readPlay{duty: readDuty{interruptible: true}}
	seen := map[readPlay]bool{begin: true}
	for open := []readPlay{begin}; len(open) > 0; {
		p := open[0]
		open = open[1:]
		readers := 0
		for _, c := range p.calls {
			if c == callReads {
				readers++
			}
		}
		switch p.duty.by {
		case nobodyReads:
			require.Zero(t, readers, "%+v", p)
			require.False(t, p.goroutine, "%+v", p)
		case callerReads:
			require.False(t, p.goroutine, "%+v", p)
			require.Contains(t, []callPlay{callReads, callWrites}, p.calls[p.duty.caller], "%+v", p)
		case goroutineReads:
			require.Zero(t, readers, "%+v", p)
			require.True(t, p.goroutine, "%+v", p)
		}
		for _, q := range p.moves(t) {
			if !seen[q] {
				seen[q] = true
				open = append(open, q)
			}
		}
	}
	assert.Greater(t, len(seen), 100)
}
