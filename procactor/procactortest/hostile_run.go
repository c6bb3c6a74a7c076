package procactortest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// HostileFixture says how a worker is started that may be hostile. The zero
// value starts this program, whose TestMain calls [PlayVillain] first, as one
// [procactor.Process].
type HostileFixture struct {
	// Worker returns a worker whose program calls [PlayVillain] first; nil
	// means [procactor.Program] of this very program. The kit adds to its
	// environment, and sets its limits and times.
	Worker func() procactor.Worker
	// Start puts a worker into service at that name; nil means
	// [procactor.Start].
	Start func(ctx context.Context, sys *actor.System, name string, w procactor.Worker) (procactor.Host, error)
	// Bounds has the tricks played one after the other, and each held against
	// what it may cost: memory, goroutines, descriptors.
	Bounds bool
	// Rounds is how many random workers there are of each sort; zero means 4.
	Rounds int
	// Seed is where the random ones begin; zero means somewhere. It is logged.
	Seed uint64
	// Patience bounds the calls of the kit, so that a bug fails a test instead of
	// hanging it; zero means five minutes.
	Patience time.Duration
	// Lacks names the tricks that are not to be played, and why: each of their
	// subtests skips with that.
	Lacks map[string]string
}

// HostileTricks returns the names of all tricks with what they do.
func HostileTricks() map[string]string {
	does := make(map[string]string)
	for _, t := range tricks() {
		does[t.name] = t.does
	}
	return does
}

// trick is one way to be hostile, and what must come of it.
type trick struct {
	name string
	does string
	play func(*villain)          // the villain's side; it may return
	run  func(*bout)             // the parent's
	tune func(*procactor.Worker) // what the row needs of the worker; may be nil
}

// tricks returns all that this system can play.
func tricks() []trick {
	return slices.Concat(startTricks(), requestTricks(), lawTricks(), bodyTricks(), floodTricks(), silentTricks(), leavingTricks(), randomTricks(), tricksOfSystem())
}

// bout is one trick against the fixture.
type bout struct {
	*testing.T
	fixture *HostileFixture
	trick   trick
	line    *line
	sys     *actor.System
	good    procactor.Host // another worker, which does what is right
	seed    uint64
}

// RunHostile plays each trick that the fixture does not lack as a subtest. The
// parent must end the start, call or stream with the row's typed error, end the
// worker with all it started where the row says so, and go on serving others.
func RunHostile(t *testing.T, f HostileFixture) {
	t.Helper()
	known := HostileTricks()
	for name, reason := range f.Lacks {
		assert.Contains(t, known, name, "Lacks names a trick that is none")
		assert.NotEmpty(t, reason, "%s is lacking without a reason", name)
	}
	f = f.withDefaults()
	t.Logf("seed %d", f.Seed)
	sys := hushed(t)
	good := startGood(t, sys, &f)
	for _, trick := range tricks() {
		if reason, lacking := f.Lacks[trick.name]; lacking {
			t.Run(trick.name, func(t *testing.T) { t.Skip(reason) })
			continue
		}
		t.Run(trick.name, func(t *testing.T) {
			if !f.Bounds {
				t.Parallel()
			}
			check := func() {}
			if f.Bounds {
				check = watchCosts(t, trick)
			}
			t.Run("bout", func(t *testing.T) {
				b := &bout{T: t, fixture: &f, trick: trick, sys: hushed(t), good: good, seed: f.Seed}
				b.line = newLine(t, f.Patience)
				trick.run(b)
			})
			check()
		})
	}
}

func (f HostileFixture) withDefaults() HostileFixture {
	if f.Worker == nil {
		f.Worker = func() procactor.Worker { return procactor.Program(os.Args[0]) }
	}
	if f.Start == nil {
		f.Start = func(ctx context.Context, sys *actor.System, name string, w procactor.Worker) (procactor.Host, error) {
			return procactor.Start(ctx, sys, name, w)
		}
	}
	if f.Rounds == 0 {
		f.Rounds = 4
	}
	if f.Seed == 0 {
		f.Seed = uint64(time.Now().UnixNano())
	}
	if f.Patience == 0 {
		f.Patience = patience
	}
	return f
}

// hushed is a system that logs nothing and ends with its test.
func hushed(t *testing.T) *actor.System {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, sys.Close(ctx), "the end of all")
	})
	return sys
}

// startGood starts a worker that is not hostile.
func startGood(t *testing.T, sys *actor.System, f *HostileFixture) procactor.Host {
	t.Helper()
	w := f.Worker()
	w.Env = append(envOf(w), trickVariable+"="+partGood)
	p, err := procactor.Start(t.Context(), sys, "good", w)
	require.NoError(t, err)
	return p
}

func envOf(w procactor.Worker) []string {
	if w.Env == nil {
		return os.Environ()
	}
	return slices.Clone(w.Env)
}

// worker is one that plays the row's trick.
func (b *bout) worker() procactor.Worker {
	w := b.fixture.Worker()
	w.Env = append(envOf(w), trickVariable+"="+b.trick.name, lineVariable+"="+b.line.addr(), seedVariable+"="+strconv.FormatUint(b.seed, 10))
	return tuned(w, b.trick)
}

// tuned sets what the kit counts on: small limits, and a short grace.
func tuned(w procactor.Worker, t trick) procactor.Worker {
	w.Grace = 100 * time.Millisecond
	w.StartTimeout = patience
	w.Silence = actor.Infinity // what a row waits for must come without that
	w.MaxFrame, w.MaxBody, w.Window = 128<<10, 1<<20, 64<<10
	if t.tune != nil {
		t.tune(&w)
	}
	return w
}

func (b *bout) start(ctx context.Context) (procactor.Host, error) {
	return b.fixture.Start(ctx, b.sys, "villain", b.worker())
}

func (b *bout) begin() procactor.Host {
	b.Helper()
	h, err := b.start(b.Context())
	require.NoError(b, err)
	return h
}

// bounded is a context that ends only if the parent under test is broken.
func (b *bout) bounded() context.Context {
	ctx, cancel := context.WithTimeout(b.Context(), b.fixture.Patience)
	b.Cleanup(cancel)
	return ctx
}

// othersWork asserts that another worker serves while this one is bad.
func (b *bout) othersWork(times int) {
	b.Helper()
	for i := range times {
		out, err := goodEcho().On(b.good).Call(b.bounded(), []byte{byte(i)})
		require.NoError(b, err, "another worker")
		require.Equal(b, []byte{byte(i)}, out)
	}
}

// dead waits for the end of the villain and its accomplice.
func (b *bout) dead() {
	b.Helper()
	b.line.requireDead(b.T)
}

// failed asserts a call's error.
func (b *bout) failed(err error, e ending) {
	b.Helper()
	require.Error(b, err)
	call, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
	require.Truef(b, ok, "%T is no *CallError: %v", err, err)
	assert.Contains(b, e.delivery, call.Delivery, "%v", err)
	assert.True(b, e.is(err), "%v", err)
	assert.ErrorContains(b, err, e.says)
}

// ending is what a caller must get.
type ending struct {
	is       func(error) bool
	says     string
	delivery []actor.Delivery
}

func unknown(is func(error) bool, says string) ending {
	return ending{is, says, []actor.Delivery{actor.Unknown}}
}

func done(is func(error) bool, says string) ending {
	return ending{is, says, []actor.Delivery{actor.Done}}
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isErr(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}
