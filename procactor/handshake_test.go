package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startFails asserts that the worker starts neither alone nor in a pool, and
// returns the error.
func startFails(t *testing.T, w procactor.Worker) error {
	t.Helper()
	sys := newSystem(t)
	_, err := procactor.Start(t.Context(), sys, "w", w)
	var failure *actor.StartError
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "w", failure.Name)
	_, inPool := procactor.StartPool(t.Context(), sys, "pool", w, procactor.PoolConfig{Size: 2})
	require.ErrorAs(t, inPool, &failure)
	_, alive := sys.PIDAt("w")
	assert.False(t, alive)
	_, alive = sys.PIDAt("pool#1")
	assert.False(t, alive)
	// The names are free again: nothing is left of the failed starts.
	p, again := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, again)
	works(t, p)
	return err
}

func TestStartWithoutAProgram(t *testing.T) {
	assert.ErrorIs(t, startFails(t, procactor.Program("no-such-program-anywhere")), exec.ErrNotFound)
	assert.ErrorIs(t, startFails(t, procactor.Program(filepath.Join(t.TempDir(), "missing"))), startErrors[0])
	assert.Error(t, startFails(t, procactor.Worker{}))

	plain := filepath.Join(t.TempDir(), "plain")
	require.NoError(t, os.WriteFile(plain, []byte("not a program"), 0o600))
	assert.ErrorIs(t, startFails(t, procactor.Program(plain)), startErrors[1])

	odd := filepath.Join(t.TempDir(), "odd.exe")
	require.NoError(t, os.WriteFile(odd, []byte("\x00\x01\x02 not a program either"), 0o700)) //nolint:gosec // it must be executable
	assert.ErrorIs(t, startFails(t, procactor.Program(odd)), startErrors[2])

	nowhere := procactor.Self()
	nowhere.Dir = filepath.Join(t.TempDir(), "missing")
	err := startFails(t, nowhere)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "Worker.Dir")
	nowhere.Dir = odd
	assert.ErrorIs(t, startFails(t, nowhere), syscall.ENOTDIR)
}

func TestStartOfAProgramThatIsNoWorker(t *testing.T) {
	err := startFails(t, role(t, "exit 7"))
	exit := exitOf(t, err)
	assert.Equal(t, 7, exit.Code)
	assert.Equal(t, "no worker here\n", string(exit.Stderr))
	assert.ErrorContains(t, err, "no worker here")

	var misfit *procactor.HandshakeError
	err = startFails(t, role(t, "exit 0"))
	require.ErrorAs(t, err, &misfit)
	assert.ErrorContains(t, err, "procactor.Main")
	assert.Zero(t, exitOf(t, err).Code)

	err = startFails(t, role(t, "garbage"))
	require.ErrorAs(t, err, &misfit, "%v", err)
}

func TestStartOfASilentProgram(t *testing.T) {
	w := role(t, "silent")
	w.StartTimeout = 50 * time.Millisecond
	assert.ErrorIs(t, startFails(t, w), procactor.ErrStartTimeout)

	w.StartTimeout = 0
	bored := errors.New("bored")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, bored)
	defer cancel()
	_, err := procactor.Start(ctx, newSystem(t), "w", w)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorIs(t, err, bored)
}

func TestStartOfAnotherVersion(t *testing.T) {
	err := startFails(t, role(t, "newer"))
	var misfit *procactor.HandshakeError
	require.ErrorAs(t, err, &misfit)
	var version *wire.VersionError
	require.ErrorAs(t, err, &version)
	assert.ErrorContains(t, err, wire.Current().String())
}

func TestStartWithATaskTwice(t *testing.T) {
	err := startFails(t, role(t, "twice"))
	assert.ErrorContains(t, err, `task "square" is given to Main twice`)
}

// playManyTasks is a worker whose tasks do not fit into a small frame.
func playManyTasks(setUp bool) {
	var all []procactor.MainOption
	for i := range 300 {
		all = append(all, procactor.NewTask(fmt.Sprintf("one-of-many-tasks-%d", i), func(context.Context, int) (int, error) { return 0, nil }))
	}
	if setUp {
		all = append(all, procactor.Setup(func(context.Context) (func(), error) { return nil, nil }))
	}
	procactor.Main(all...)
}

// Tasks that no frame has room for are a refusal, and no start that takes too long.
func TestStartWithMoreTasksThanAFrameHasRoomFor(t *testing.T) {
	for _, name := range []string{"many", "many-and-set-up"} {
		t.Run(name, func(t *testing.T) {
			w := role(t, name)
			w.MaxFrame = wire.MinFrame
			err := startFails(t, w)
			require.NotErrorIs(t, err, procactor.ErrStartTimeout)
			assert.ErrorContains(t, err, "the worker's tasks cannot be announced")
			w.MaxFrame = 0
			p, err := procactor.Start(t.Context(), newSystem(t), "w", w)
			require.NoError(t, err)
			assert.NoError(t, p.Stop(t.Context()))
		})
	}
}

func TestStartWithLimitsThatCannotBe(t *testing.T) {
	w := procactor.Self()
	w.MaxFrame = 1
	var limit *wire.LimitError
	require.ErrorAs(t, startFails(t, w), &limit)
}

func TestHandshakeNamesBothSides(t *testing.T) {
	onBoth(t, role(t, "others"), func(t *testing.T, h procactor.Host) {
		_, err := misbehave.On(h).Call(t.Context(), "x")
		failed(t, err, actor.NotSent)
		var misfit *procactor.HandshakeError
		require.ErrorAs(t, err, &misfit)
		assert.Equal(t, "misbehave", misfit.Task)
		assert.Equal(t, "cbor to reply of cbor", misfit.Wants)
		assert.Equal(t, "only the tasks echo, grow, square", misfit.Has)

		_, err = square.On(h).Call(t.Context(), 2)
		failed(t, err, actor.NotSent)
		require.ErrorAs(t, err, &misfit)
		assert.Equal(t, "it as json to reply of json", misfit.Has)

		_, err = square.WithErrors(codec.Error(codec.JSON[shortage]())).
			WithCodec(codec.JSON[int](), codec.JSON[int]()).On(h).Call(t.Context(), 2)
		failed(t, err, actor.NotSent)
		require.ErrorAs(t, err, &misfit)
		assert.Equal(t, "json to reply of json, errors as json", misfit.Wants)

		got, err := echo.On(h).Call(t.Context(), []byte("fits"))
		require.NoError(t, err)
		assert.Equal(t, "fits", string(got))
	})
}

func TestTasksDeclaredWithoutAFunction(t *testing.T) {
	p := start(t, role(t, "declared"))
	_, err := square.On(p).Call(t.Context(), 2)
	failed(t, err, actor.Done)
	assert.ErrorContains(t, err, "without its function")
	for _, err := range count.On(p).Stream(t.Context(), 2) {
		assert.ErrorContains(t, err, "without its function")
	}
}

func TestStartAtAPathThatIsTaken(t *testing.T) {
	sys := newSystem(t)
	_, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, err)
	_, err = procactor.Start(t.Context(), sys, "w", procactor.Self())
	assert.ErrorIs(t, err, actor.ErrTaken)
	_, err = procactor.StartPool(t.Context(), sys, "w", procactor.Self(), procactor.PoolConfig{})
	assert.ErrorIs(t, err, actor.ErrTaken)
	_, err = procactor.Start(t.Context(), sys, "a/b", procactor.Self())
	assert.ErrorIs(t, err, actor.ErrName)
}

func TestStartInAClosedSystem(t *testing.T) {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	require.NoError(t, sys.Close(t.Context()))
	_, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	assert.Error(t, err)
	_, err = procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{})
	assert.Error(t, err)
}
