package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// change asks for the change to these children.
func (r *rig) change(p Policy, changed []string, kids ...string) error {
	var specs []ChildSpec
	for _, k := range kids {
		specs = append(specs, kid(r.t, k))
	}
	return r.ask(reqChange{policy: p, specs: specs, changed: changed}).err
}

// Beyond OTP: A running supervisor can be changed to another specification: only who changed, came or went is stopped and started.
func TestChange(t *testing.T) {
	r := booted(t, many, "a", "b", "c", "d")
	require.NoError(t, r.change(many, []string{"n", "c"}, "d", "n", "c", "a transient shutdown=1s"))
	r.took(words("stop c, stop b, start n, start c"))
	assert.Equal(t, "d running, n running, c running, a running", r.states())
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop a, stop c, stop n, stop d, over"))
}

func TestChangeTakesTheNewPolicy(t *testing.T) {
	r := booted(t, many, "a", "b")
	r.crash("a")
	require.NoError(t, r.change(Policy{Strategy: OneForAll, Intensity: 2, Period: time.Minute}, nil, "a", "b temporary"))
	r.took(nil)
	r.crash("a").took(words("stop b, start a"))
	assert.Equal(t, "a running", r.states())
	r.crash("a")
	assert.Error(t, r.over, "what was counted counts still")
}

func TestChangeRestartsTheGroup(t *testing.T) {
	r := booted(t, with(RestForOne), "a", "b", "c")
	require.NoError(t, r.change(with(RestForOne), []string{"b"}, "a", "b", "c"))
	r.took(words("stop c, stop b, start b, start c"))
}

// A temporary child that is gone, or one that somebody deleted, does not come
// back because the others change.
func TestChangeLeavesAwayWhoIsNotNamed(t *testing.T) {
	r := booted(t, many, "a", "t temporary", "b")
	r.exit(actor.ErrNormal, "t")
	r.took(nil)
	require.NoError(t, r.change(many, nil, "a", "t temporary", "b"))
	r.took(words(""))
	assert.Equal(t, "a running, b running", r.states())
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.change(many, nil, "b", "a"))
	assert.Equal(t, "b running, a undefined", r.states(), "who was terminated stays so")
	require.NoError(t, r.change(many, []string{"a"}, "b", "a"))
	assert.Equal(t, "b running, a running", r.states())
}

// Whoever was given by StartChild is in no specification, and stays; behind the
// others, and restarted with their group.
func TestChangeLeavesGuests(t *testing.T) {
	r := booted(t, with(RestForOne), "a", "b")
	require.NoError(t, r.ask(reqStart{kid(t, "g")}).err)
	require.NoError(t, r.ask(reqStart{kid(t, "t temporary")}).err)
	require.NoError(t, r.change(with(RestForOne), []string{"n"}, "b", "n"))
	r.took(words("start g, start t, stop a, start n"))
	assert.Equal(t, "b running, n running, g running, t running", r.states())
	require.NoError(t, r.change(with(RestForOne), []string{"b"}, "b", "n"))
	r.took(words("stop t, stop g, stop n, stop b, start b, start n, start g"))
	assert.Equal(t, "b running, n running, g running", r.states(), "a temporary one is forgotten, as in all groups")
	require.NoError(t, r.change(with(RestForOne), nil, "b", "g"))
	r.took(words("stop n"))
	require.NoError(t, r.change(with(RestForOne), nil, "b"))
	r.took(words("stop g"))
}

func TestChangeGoesOnWhenAStartFails(t *testing.T) {
	r := booted(t, many, "a", "b")
	r.fails["a"], r.fails["n"] = 1, 1
	err := r.change(many, []string{"a", "n", "b"}, "a", "n", "b")
	require.ErrorContains(t, err, "no a")
	require.ErrorContains(t, err, "no n")
	assert.Equal(t, "a undefined, n undefined, b running", r.states())
	assert.NoError(t, r.over)
}

// An instance could not be started again by anybody, so that it is none then.
func TestChangeForgetsAnInstanceThatDoesNotStart(t *testing.T) {
	r := simple(t, "w", 2)
	r.fails["w#1"] = 1
	require.ErrorContains(t, r.change(with(SimpleOneForOne), []string{"w"}, "w"), "no w#1")
	r.took(words("stop w#2, stop w#1, fail w#1, start w#2"))
	assert.Equal(t, "w#2 running", r.states())
	assert.NoError(t, r.ask(reqTerminate{"w#1"}).err, "it was one")
}

func TestChangeEndsARetry(t *testing.T) {
	r := booted(t, waiting(OneForOne), "a", "b")
	r.crash("a").crash("a")
	r.took(nil)
	require.NoError(t, r.change(waiting(OneForOne), []string{"a"}, "a", "b"))
	r.took(words("start a"))
	r.advance(time.Hour).took(words(""))
}

func TestChangeClosesACircuit(t *testing.T) {
	r := booted(t, looped(OneForOne), "a")
	r.crash("a").crash("a")
	require.NoError(t, r.change(looped(OneForOne), []string{"a"}, "a"))
	assert.Equal(t, "a running", r.states())
	assert.ErrorIs(t, r.ask(reqResume{"a"}).err, ErrNotOpen)
}

func TestChangeOfATemplate(t *testing.T) {
	r := simple(t, "w", 3)
	require.NoError(t, r.change(with(SimpleOneForOne), nil, "w temporary"))
	r.took(words(""))
	r.crash("w#2").took(words(""))
	require.NoError(t, r.change(with(SimpleOneForOne), []string{"w"}, "w temporary"))
	r.took(words("stop w#3, stop w#1, start w#1, start w#3"))
	require.NoError(t, r.change(with(SimpleOneForOne), nil, "v"))
	r.took(words("stop w#3, stop w#1"))
	require.NoError(t, r.ask(reqInstance{}).err)
	r.took(words("start v#4"))
	var wrong *SpecError
	require.ErrorAs(t, r.change(many, nil, "a"), &wrong)
	require.ErrorAs(t, booted(t, many, "a").change(with(SimpleOneForOne), nil, "a"), &wrong)
}

// Whoever is down with a group is not left down because the change takes away what
// it waits for.
func TestChangeStartsWhoWaitsForAGroup(t *testing.T) {
	waiting := func(t *testing.T, s Strategy) *rig {
		p := with(s)
		p.Backoff = Backoff{Initial: time.Second, Exact: true}
		r := booted(t, p, "a", "b", "c")
		r.crash("a")
		r.crash("a")
		r.took(nil)
		require.Equal(t, "a restarting, b undefined, c undefined", r.states())
		return r
	}
	changes := map[string]struct {
		to      Strategy
		kids    []string
		changed []string
		takes   string
	}{
		"another strategy":           {OneForOne, []string{"a", "b", "c"}, nil, "start b, start c"},
		"it is started":              {OneForOne, []string{"b", "a", "c"}, []string{"a"}, "start b, start a, start c"},
		"it is dropped":              {RestForOne, []string{"c", "b"}, nil, "start c, start b"},
		"it comes later in the list": {RestForOne, []string{"b", "a", "c"}, nil, "start b"},
		"it takes them with it":      {OneForAll, []string{"b", "a", "c"}, nil, ""},
	}
	for _, from := range []Strategy{OneForAll, RestForOne} {
		for name, c := range changes {
			t.Run(from.String()+" "+name, func(t *testing.T) {
				r := waiting(t, from)
				require.NoError(t, r.change(with(c.to), c.changed, c.kids...))
				r.took(words(c.takes))
				r.advance(time.Second)
				for _, kid := range c.kids {
					assert.Contains(t, r.states(), kid+" running")
				}
			})
		}
	}
}

func TestChangeIsGivenUpWhenTheSupervisorEnds(t *testing.T) {
	m := newMachine(many, []ChildSpec{kid(t, "a"), kid(t, "b")})
	now := time.Unix(0, 0)
	m.step(now, evBoot{})
	m.step(now, evStarted{1})
	m.step(now, evStarted{2})
	m.step(now, evRequest{1, reqChange{policy: many, specs: []ChildSpec{kid(t, "a"), kid(t, "b")}, changed: []string{"a", "b"}}})
	m.step(now, evStop{actor.ErrShutdown})
	acts := m.step(now, evExited{2, actor.ErrShutdown, true})
	assert.Contains(t, acts, acReply{tag: 1, reply: reply{err: errNoSupervisor}})
	assert.Contains(t, acts, acStop{life: 1, timeout: DefaultShutdown})
}

// Beyond OTP: A request whose caller does not wait any more is taken back, unless it is being carried out.
func TestRequestsAreTakenBack(t *testing.T) {
	m := newMachine(many, []ChildSpec{kid(t, "a"), kid(t, "b")})
	now := time.Unix(0, 0)
	m.step(now, evBoot{})
	m.step(now, evStarted{1})
	m.step(now, evStarted{2})
	m.step(now, evRequest{1, reqTerminate{"a"}})
	m.step(now, evRequest{2, reqTerminate{"b"}})
	assert.Equal(t, []action{acReply{tag: 2, reply: reply{err: errTakenBack}}}, m.step(now, evCancel{2}))
	assert.Empty(t, m.step(now, evCancel{1}), "it is being carried out")
	assert.Empty(t, m.step(now, evCancel{3}))
	acts := m.step(now, evExited{1, actor.ErrShutdown, true})
	assert.Contains(t, acts, acReply{tag: 1})
	assert.NotContains(t, acts, acStop{life: 2, timeout: DefaultShutdown})
}
