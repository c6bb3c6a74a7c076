package supervise_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// A supervisor that is changed while its children crash, fail to start and wait
// for a restart does what a Simulator says that it will.
func TestRandomChangesLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first, moves := drawTree(rt), rapid.SliceOfN(rapid.Custom(drawMove), 1, 15).Draw(rt, "moves")
		virtual := simulateMoves(rt, first, moves)
		var lived scenario.Trace
		synctest.Test(t, func(t *testing.T) { lived = liveMoves(t, first, moves) })
		if err := scenario.Compare(virtual, lived, false); err != nil {
			rt.Fatalf("%v\n%+v\n%+v", err, first, moves)
		}
	})
}

// move is one thing that happens to a supervisor of workers: one of these.
type move struct {
	crash   string
	fail    string // its next start does
	advance time.Duration
	ask     supervise.QueuedRequest
}

var moveIDs = []string{"a", "b", "c", "d", "e"}

func drawTree(rt *rapid.T) supervise.Spec {
	strategies := []supervise.Strategy{supervise.OneForOne, supervise.OneForAll, supervise.RestForOne}
	spec := supervise.Spec{Name: liveTop, Policy: supervise.Policy{
		Strategy:  rapid.SampledFrom(strategies).Draw(rt, "strategy"),
		Intensity: rapid.IntRange(1, 3).Draw(rt, "intensity"),
		Circuit:   rapid.Bool().Draw(rt, "circuit"),
	}}
	for _, id := range rapid.Permutation(moveIDs).Draw(rt, "order")[:rapid.IntRange(0, len(moveIDs)).Draw(rt, "children")] {
		spec.Children = append(spec.Children, drawWorker(rt, id))
	}
	return spec
}

func drawWorker(rt *rapid.T, id string) supervise.ChildSpec {
	child := worker(id)
	child.Restart = rapid.SampledFrom([]supervise.Restart{supervise.Permanent, supervise.Transient, supervise.Temporary}).Draw(rt, "restart")
	if rapid.Bool().Draw(rt, "backoff") {
		// No two delays end at one time: their order would be open.
		child.Backoff = supervise.Backoff{Initial: 7*time.Millisecond + time.Duration(id[0])*time.Microsecond, Factor: 3, Exact: true}
	}
	return child
}

func drawMove(rt *rapid.T) move {
	id := rapid.SampledFrom(moveIDs).Draw(rt, "id")
	switch rapid.IntRange(0, 7).Draw(rt, "what") {
	case 0, 1:
		return move{crash: id}
	case 2:
		return move{fail: id}
	case 3:
		return move{advance: rapid.SampledFrom([]time.Duration{10 * time.Millisecond, time.Minute}).Draw(rt, "time")}
	case 4:
		return move{ask: supervise.QueuedRequest{Op: supervise.OpStartChild, Spec: drawWorker(rt, id)}}
	case 5:
		ops := []supervise.RequestOp{supervise.OpTerminateChild, supervise.OpRestartChild, supervise.OpDeleteChild, supervise.OpResumeChild}
		return move{ask: supervise.QueuedRequest{Op: rapid.SampledFrom(ops).Draw(rt, "op"), Path: id}}
	}
	change := supervise.QueuedRequest{Op: supervise.OpChange, To: drawTree(rt)}
	for _, c := range change.To.Children {
		if rapid.Bool().Draw(rt, "changed") {
			change.Changed = append(change.Changed, c.ID)
		}
	}
	return move{ask: change}
}

func simulateMoves(rt *rapid.T, first supervise.Spec, moves []move) scenario.Trace {
	sim := supervise.NewSimulator(first, supervise.SimulatorOptions{})
	require.NoError(rt, sim.Boot())
	for _, m := range moves {
		var err error
		switch {
		case m.crash != "":
			err = sim.Exit(errCrash, m.crash)
		case m.fail != "":
			err = sim.FailStarts(m.fail, supervise.FailPlan{Times: 1})
		case m.advance != 0:
			err = sim.Advance(m.advance)
		default:
			err = sim.Request(m.ask)
		}
		require.NotErrorAs(rt, err, new(*supervise.SimulatorError))
	}
	return sim.Trace()
}

func liveMoves(t *testing.T, first supervise.Spec, moves []move) scenario.Trace {
	r := newLive(t, func(*supervise.Spec) {})
	_, err := supervise.Start(t.Context(), r.sys, r.played(first))
	require.NoError(t, err)
	r.settle()
	r.note(supervise.TraceLine{Kind: supervise.TraceBoot, Result: "ok"})
	for i, m := range moves {
		r.note(supervise.TraceLine{Kind: supervise.TraceStep, Step: i})
		switch {
		case m.crash != "":
			r.exit(i, scenario.Step{Paths: []string{m.crash}, Reason: errCrash.Error()})
		case m.fail != "":
			r.plan(m.fail, supervise.FailPlan{Times: 1}, i)
		case m.advance != 0:
			pass(m.advance)
		default:
			ask := m.ask
			ask.Spec, ask.To = r.playedWorker(ask.Spec), r.played(ask.To)
			r.request(i, ask, false)
		}
		r.settle()
	}
	return r.end()
}

// played has the workers of a spec play as those of scenarios do.
func (r *live) played(spec supervise.Spec) supervise.Spec {
	spec.Children = slices.Clone(spec.Children)
	for i, c := range spec.Children {
		spec.Children[i] = r.playedWorker(c)
	}
	return spec
}

func (r *live) playedWorker(c supervise.ChildSpec) supervise.ChildSpec {
	c.Start = r.starter(scenario.Child{ID: c.ID}, nil)
	return c
}
