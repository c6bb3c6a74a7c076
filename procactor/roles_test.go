package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/require"
)

// roleVariable makes a start of the test binary one of the programs of play.
const roleVariable = "PROCTOR_TEST_ROLE"

// fileVariable names a file that some roles write.
const fileVariable = "PROCTOR_TEST_FILE"

// role is the test binary as that program.
func role(t testing.TB, name string, env ...string) procactor.Worker {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	w := procactor.Program(self)
	w.Env = append(append(os.Environ(), roleVariable+"="+name), env...)
	return w
}

// vanishing is a worker whose program can be removed.
func vanishing(t testing.TB) (w procactor.Worker, remove func()) {
	t.Helper()
	w = role(t, "plain")
	self, err := os.Executable()
	require.NoError(t, err)
	path, err := place(self, filepath.Join(t.TempDir(), "worker"))
	require.NoError(t, err)
	env := w.Env
	w = procactor.Program(path)
	w.Env = env
	return w, func() { require.NoError(t, unplace(path)) }
}

// play is a program that is no worker, or an odd one.
func play(name string) int {
	verb, arg, _ := strings.Cut(name, " ")
	switch verb {
	case "exit":
		fmt.Fprintln(os.Stderr, "no worker here")
		var code int
		_, _ = fmt.Sscan(arg, &code)
		return code
	case "tool":
		return useTool(arg)
	case "crash":
		panic(arg)
	case "silent":
		forever()
	case "garbage":
		fmt.Println("what is this?")
		_, _ = replies().WriteString("this is not the protocol\n")
		return 0
	case "newer":
		hello, _ := wire.AppendHello(nil, wire.Hello{Version: wire.Version{Major: wire.Current().Major + 1}, Limits: wire.DefaultLimits()})
		frame := append(wire.BeginFrame(nil, wire.KindHello, 0), hello...)
		frame, _ = wire.EndMessage(frame, 0, wire.DefaultLimits())
		_, _ = replies().Write(frame)
		forever()
	case "ready-and-exit":
		hello, _ := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
		frames := append(wire.BeginFrame(nil, wire.KindHello, 0), hello...)
		frames, _ = wire.EndMessage(frames, 0, wire.DefaultLimits())
		start := len(frames)
		frames, _ = wire.EndMessage(wire.BeginFrame(frames, wire.KindReady, 0), start, wire.DefaultLimits())
		_, _ = replies().Write(frames)
		return 3
	case "reads-no-more": // than the begin of a request
		playReadsNoMore()
	case "twice":
		procactor.Main(square, square)
	case "many", "many-and-set-up":
		playManyTasks(verb == "many-and-set-up")
	case "others":
		procactor.Main(echo, square.WithCodec(codec.JSON[int](), codec.JSON[int]()), procactor.NewStreamTask[int, int]("grow", nil))
	case "session":
		playSession(arg)
	case "plain":
		procactor.Main(tasks()...)
	case "twice-as-command":
		procactor.Main(square, procactor.NewCommandTask[int, int]("square", nil, nil))
	case "offers-command":
		procactor.Main(square, shoot)
	case "deeds":
		procactor.Main(tasksB()...)
	case "lottery": // only one worker wins
		procactor.Main(square, procactor.Setup(func(context.Context) (func(), error) {
			return nil, os.Mkdir(os.Getenv(fileVariable), 0o700)
		}))
	case "without-proc":
		return playWithoutProc()
	case "deaf":
		signal.Ignore(syscall.SIGTERM, syscall.SIGQUIT)
		procactor.Main(tasks()...)
	case "declared":
		procactor.Main(procactor.NewTask[int, int]("square", nil), procactor.NewStreamTask[int, int]("count", nil))
	case "while": // while there is no file, it is well
		trouble, _ := os.ReadFile(os.Getenv(fileVariable))
		if string(trouble) == "for good" {
			return 125
		}
		procactor.Main(misbehave, square, procactor.Setup(func(context.Context) (func(), error) {
			if trouble != nil {
				return nil, errors.New("the database is down")
			}
			return nil, nil
		}))
	case "set-up":
		procactor.Main(square, procactor.Setup(note("first")), procactor.Setup(note("second")))
	case "set-up-fails":
		procactor.Main(square, procactor.Setup(note("first")), procactor.Setup(func(context.Context) (func(), error) {
			return nil, errors.New("the model file is missing")
		}))
	case "set-up-hangs":
		procactor.Main(square, procactor.Setup(func(ctx context.Context) (func(), error) {
			fmt.Fprintln(os.Stderr, "waiting for the database")
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}))
	case "set-up-exits":
		procactor.Main(square, procactor.Setup(note("first")), procactor.Setup(func(context.Context) (func(), error) {
			runtime.Goexit()
			return nil, nil
		}))
	case "loses-input":
		procactor.Main(square, meet)
	case "loses-output":
		procactor.Main(procactor.NewTask[int, meeting]("met", nil))
	case "loses-error":
		procactor.Main(square.WithErrors(codec.Error(codec.CBOR[*fs.PathError]())))
	case "zero-task":
		procactor.Main(square, procactor.Task[int, int]{})
	case "zero-set-up":
		procactor.Main(square, procactor.Setup(nil))
	case "tells-place": // in a file named by its process
		procactor.Main(square, procactor.Setup(func(context.Context) (func(), error) {
			name := filepath.Join(os.Getenv(fileVariable), strconv.Itoa(os.Getpid()))
			return nil, os.WriteFile(name, []byte(strings.Join(os.Environ(), "\n")), 0o600)
		}))
	case "set-up-asks": // a puppet
		procactor.Main(square, procactor.Setup(func(ctx context.Context) (func(), error) {
			_, err := obey(ctx, strand{Line: os.Getenv(fileVariable), Key: "set-up"})
			return nil, err
		}))
	case "set-up-panics":
		procactor.Main(square, procactor.Setup(func(context.Context) (func(), error) { panic("no model") }))
	}
	return 99
}

// forever waits to be killed. A select without a case would end a program that
// has no other goroutine.
func forever() { time.Sleep(time.Hour) }

// replies is the descriptor, or handle, that a worker answers on.
func replies() *os.File {
	c, err := wire.ParseChannels(os.Getenv(channelsVariable))
	if err != nil {
		return os.Stderr
	}
	return os.NewFile(c.Replies, "replies")
}

// note is a set-up that writes into the file when it runs, and its clean-up
// too.
func note(name string) func(context.Context) (func(), error) {
	write := func(what string) {
		f, err := os.OpenFile(os.Getenv(fileVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, _ = fmt.Fprintln(f, what, name)
			_ = f.Close()
		}
	}
	return func(context.Context) (func(), error) {
		write("up")
		return func() { write("down") }, nil
	}
}
