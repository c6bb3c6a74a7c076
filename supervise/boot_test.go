package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// rising is a policy of BootRestart.
func rising(s Strategy) Policy { return Policy{Strategy: s, Intensity: 10, Boot: BootRestart} }

// Beyond OTP: Policy.Boot can have a start that fails at the boot count as a restart: it is tried again, from the budget, and those behind wait for it, in order.
func TestBootRestart(t *testing.T) {
	for name, tt := range map[string]struct {
		strategy Strategy
		fails    map[string]int
		want     string
	}{
		"nobody fails":            {OneForOne, nil, "start a, start b, start c, up"},
		"the second, twice":       {OneForOne, map[string]int{"b": 2}, "start a, fail b, fail b, start b, start c, up"},
		"the first and the last":  {OneForOne, map[string]int{"a": 1, "c": 1}, "fail a, start a, start b, fail c, start c, up"},
		"with those behind":       {RestForOne, map[string]int{"b": 2}, "start a, fail b, fail b, start b, start c, up"},
		"with all":                {OneForAll, map[string]int{"b": 2}, "start a, fail b, stop a, start a, fail b, stop a, start a, start b, start c, up"},
		"more than is allowed":    {OneForOne, map[string]int{"b": 12}, "start a, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, give up, stop a, over"},
		"exactly what is allowed": {OneForOne, map[string]int{"b": 10}, "start a, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, fail b, start b, start c, up"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, rising(tt.strategy), "a", "b", "c")
			for id, n := range tt.fails {
				r.fails[id] = n
			}
			r.send(evBoot{})
			r.took(words(tt.want))
		})
	}
}

// Beyond OTP: Without Policy.Boot, and with BootStop, a start that fails at the boot is that of the supervisor.
func TestBootStopIsTheZeroValue(t *testing.T) {
	for _, b := range []Boot{0, BootStop} {
		r := newRig(t, Policy{Intensity: 10, Boot: b}, "a", "b")
		r.fails["b"] = 1
		r.send(evBoot{})
		r.took(words("start a, fail b, stop a, over"))
	}
}

// A boot has what a restart has: the delays, the rules, the circuit, and the end
// of whoever is never restarted.
func TestBootRestartIsARestart(t *testing.T) {
	p := rising(OneForOne)
	p.Backoff = Backoff{Initial: time.Second, Exact: true}
	r := newRig(t, p, "a", "b", "c")
	r.fails["b"] = 3
	r.send(evBoot{})
	r.took(words("start a, fail b, fail b, wait b"))
	assert.Equal(t, "a running, b restarting, c undefined", r.states())
	r.advance(time.Second).took(words("fail b, wait b"))
	r.advance(time.Second).took(words(""))
	r.advance(time.Second).took(words("start b, start c, up"))

	p = rising(OneForOne)
	p.Decider = Decider{{When: Match{StartFailed: true, Codes: []int{7}}, Do: DoStop}}
	r = newRig(t, p, "a", "b", "t temporary", "c")
	r.fails["t"] = 1
	r.send(evBoot{})
	r.took(words("start a, start b, fail t, start c, up"))
	assert.Equal(t, "a running, b running, c running", r.states(), "a temporary child is forgotten")

	p = rising(RestForOne)
	p.Circuit, p.Intensity = true, 1
	r = newRig(t, p, "a", "b", "c")
	r.fails["b"] = 2
	r.send(evBoot{})
	r.took(words("start a, fail b, fail b, up"))
	assert.True(t, r.m.children.ids["b"].open)
	require.NoError(t, r.ask(reqResume{"b"}).err)
	r.took(words("start b, start c"))
}

// Beyond OTP: While a child waits for its next try at the boot, requests are served; to terminate it has the next one's turn come.
func TestBootServesWhileOneWaits(t *testing.T) {
	booting := func() *rig {
		p := rising(OneForOne)
		p.Backoff = Backoff{Initial: time.Second, Exact: true}
		r := newRig(t, p, "a", "b", "c", "d")
		r.fails["b"] = 2
		r.send(evBoot{})
		r.took(words("start a, fail b, fail b, wait b"))
		return r
	}
	r := booting()
	assert.Equal(t, Counts{Specs: 4, Active: 1, Workers: 4}, r.ask(reqCount{}).count)
	assert.Equal(t, ErrRestarting, r.ask(reqRestart{"b"}).err)
	assert.Equal(t, ErrRestarting, r.ask(reqDelete{"b"}).err)
	require.NoError(t, r.ask(reqTerminate{"c"}).err)
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqDelete{"a"}).err)
	require.NoError(t, r.ask(reqStart{kid(t, "x")}).err)
	r.took(words("stop a, start x"))
	r.advance(time.Second).took(words("start b, start d, up"))
	assert.Equal(t, "b running, c undefined, d running, x running", r.states())

	r = booting()
	require.NoError(t, r.ask(reqTerminate{"b"}).err)
	r.took(words("start c, start d, up"))
	r.advance(time.Minute).took(words(""))

	r = booting()
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop a, over"))

	r = booting()
	r.crash("a").took(words("start a"))
	r.advance(time.Second).took(words("start b, start c, start d, up"))
}

// hand is a machine whose starts end when the test says so.
type hand struct {
	t *testing.T
	m *machine
}

func newHand(t *testing.T, p Policy, kids ...string) *hand {
	var specs []ChildSpec
	for _, k := range kids {
		specs = append(specs, kid(t, k))
	}
	return &hand{t, newMachine(p, specs)}
}

// does holds what comes of an event, but for what is told.
func (h *hand) does(ev event, want ...action) {
	h.t.Helper()
	got := []action{}
	for _, a := range h.m.step(time.Unix(0, 0), ev) {
		switch a := a.(type) {
		case acReport, acRelease:
		case acStart:
			got = append(got, acStart{life: a.life, spec: ChildSpec{ID: a.spec.ID}})
		case acReply:
			got = append(got, acReply{tag: a.tag, reply: reply{err: a.reply.err, life: a.reply.life, count: a.reply.count}})
		default:
			got = append(got, a)
		}
	}
	require.Equal(h.t, append([]action{}, want...), got)
}

func starts(l life, id string) action { return acStart{life: l, spec: ChildSpec{ID: id}} }

// Beyond OTP: While a start is under way at the boot, requests about others are served, and a stop of that child gives its start up.
func TestBootServesWhileOneStarts(t *testing.T) {
	booting := func(s Strategy) *hand {
		h := newHand(t, rising(s), "a", "b", "c")
		h.does(evBoot{}, starts(1, "a"))
		h.does(evStarted{1}, starts(2, "b"))
		return h
	}
	h := booting(OneForOne)
	h.does(evRequest{1, reqCount{}}, acReply{1, reply{count: Counts{Specs: 3, Active: 1, Workers: 3}}})
	h.does(evRequest{2, reqRestart{"b"}}, acReply{2, reply{err: ErrRestarting}})
	h.does(evRequest{3, reqTerminate{"a"}}, acStop{1, DefaultShutdown})
	h.does(evStarted{2})
	h.does(evExited{life: 1, reason: actor.ErrShutdown}, acReply{tag: 3}, starts(3, "c"))
	h.does(evRequest{4, reqRestart{"a"}}, starts(4, "a"))
	h.does(evStarted{3})
	h.does(evStarted{4}, acReply{tag: 4, reply: reply{life: 4}}, acUp{})

	// The start obeys.
	h = booting(OneForOne)
	h.does(evRequest{1, reqTerminate{"b"}}, acInterrupt{2, DefaultShutdown})
	h.does(evStartFailed{2, errCrash}, acReply{tag: 1}, starts(3, "c"))

	// It comes up all the same.
	h = booting(OneForOne)
	h.does(evRequest{1, reqTerminate{"b"}}, acInterrupt{2, DefaultShutdown})
	h.does(evStarted{2}, acStop{2, DefaultShutdown})
	h.does(evExited{life: 2, reason: actor.ErrShutdown}, acReply{tag: 1}, starts(3, "c"))

	// It came up and died before that was told.
	h = booting(OneForOne)
	h.does(evRequest{1, reqTerminate{"b"}}, acInterrupt{2, DefaultShutdown})
	h.does(evExited{life: 2, reason: errCrash})
	h.does(evStarted{2}, acReply{tag: 1}, starts(3, "c"))

	// It does not return.
	h = booting(OneForOne)
	h.does(evRequest{1, reqTerminate{"b"}}, acInterrupt{2, DefaultShutdown})
	h.does(evDeadline{2}, acAbandon{2}, acReply{tag: 1}, starts(3, "c"))
	h.does(evStarted{2})

	// Nor does who asks want to wait.
	h = booting(OneForOne)
	h.does(evRequest{1, reqTerminate{"b"}}, acInterrupt{2, DefaultShutdown})
	h.does(evHurry{1}, acAbandon{2}, acReply{tag: 1}, starts(3, "c"))

	// An exit before the start has returned is one after it.
	h = booting(OneForOne)
	h.does(evExited{life: 2, reason: errCrash})
	h.does(evStarted{2}, starts(3, "b"))

	// One before it is restarted beside, and those behind wait for both.
	h = booting(OneForOne)
	h.does(evExited{life: 1, reason: errCrash}, starts(3, "a"))
	h.does(evStarted{2})
	h.does(evStarted{3}, starts(4, "c"))

	// With its group it is started anew.
	h = booting(RestForOne)
	h.does(evExited{life: 1, reason: errCrash}, acInterrupt{2, DefaultShutdown})
	h.does(evStartFailed{2, errCrash}, starts(3, "a"))
	h.does(evStarted{3}, starts(4, "b"))
	h.does(evStarted{4}, starts(5, "c"))
	h.does(evStarted{5}, acUp{})

	// The stop of all comes at once.
	h = booting(OneForOne)
	h.does(evStop{actor.ErrShutdown}, acInterrupt{2, DefaultShutdown})
	h.does(evStartFailed{2, errCrash}, acStop{1, DefaultShutdown})
	h.does(evExited{life: 1, reason: actor.ErrShutdown}, acOver{actor.ErrShutdown})

	h = booting(OneForOne)
	h.does(evKill{actor.ErrKilled}, acAbandon{2}, acKill{1})
	h.does(evExited{life: 1, reason: actor.ErrKilled}, acOver{actor.ErrKilled})
}

// A change during the boot leaves those that wait for their turn to it.
func TestBootAndChange(t *testing.T) {
	p := rising(RestForOne)
	h := newHand(t, p, "a", "b", "c")
	h.does(evBoot{}, starts(1, "a"))
	h.does(evStartFailed{1, errCrash}, starts(2, "a"))
	specs := []ChildSpec{kid(t, "a"), kid(t, "c"), kid(t, "d")}
	h.does(evRequest{1, reqChange{policy: p, specs: specs}}, acReply{tag: 1})
	h.does(evStarted{2}, starts(3, "c"))
	h.does(evRequest{2, reqChange{policy: p, specs: specs, changed: []string{"c"}}}, acInterrupt{3, DefaultShutdown})
	h.does(evStartFailed{3, errCrash}, starts(4, "c"))
	h.does(evStarted{4}, starts(5, "d"))
	h.does(evStarted{5}, acReply{tag: 2, reply: reply{life: 5}}, acUp{})
}

// Whoever was down with a group whose delay is canceled has its turn: in the boot
// everybody has one.
func TestBootAfterACanceledDelay(t *testing.T) {
	for _, s := range []Strategy{RestForOne, OneForAll} {
		p := rising(s)
		p.Backoff = Backoff{Initial: time.Second, Exact: true}
		r := newRig(t, p, "a", "b", "c")
		r.fails["b"] = 3
		r.send(evBoot{})
		r.crash("a").crash("a")
		r.took(nil)
		require.Equal(t, "a restarting, b undefined, c undefined", r.states())
		require.NoError(t, r.ask(reqTerminate{"a"}).err)
		r.took(words("start b, start c, up"))
	}
}
