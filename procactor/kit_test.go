package procactor_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"sync/atomic"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type kitRef = actor.Ref[targettest.Request, targettest.Response]

// The kit's actor as two tasks, since a task either replies or streams.
var (
	kitCall = procactor.NewTask("kit", func(ctx context.Context, req targettest.Request) (targettest.Response, error) {
		var resp targettest.Response
		err := kitHandle(ctx, req, func(r targettest.Response) error { resp = r; return nil })
		return resp, err
	})
	kitStream = procactor.NewStreamTask("kit stream", kitHandle)
)

func kitHandle(ctx context.Context, req targettest.Request, emit func(targettest.Response) error) error {
	err := targettest.Handle(ctx, req, emit)
	var exit *targettest.ExitRequest
	if errors.As(err, &exit) {
		os.Exit(exit.Code)
	}
	return err
}

// kitTarget is both tasks as one actor.
type kitTarget struct {
	actor.Target[targettest.Request, targettest.Response]
	stream actor.Target[targettest.Request, targettest.Response]
}

func (k kitTarget) Stream(ctx context.Context, req targettest.Request) iter.Seq2[targettest.Response, error] {
	if req.Op == targettest.Emit {
		return k.stream.Stream(ctx, req)
	}
	return k.Target.Stream(ctx, req)
}

func kitOn(h procactor.Host) kitRef {
	return actor.NewRef[targettest.Request, targettest.Response](kitTarget{kitCall.On(h).Target(), kitStream.On(h).Target()})
}

// kitAhead is how many of the kit's items, of ten bytes or more, fit into its window.
const kitAhead = 420

// kitWorker is a worker whose streams have a small window.
func kitWorker() procactor.Worker {
	w := procactor.Self()
	w.Window = 4 << 10
	return w
}

// checkWorker looks at the errors that workers end with.
func checkWorker(t *testing.T, row string, err error) {
	t.Helper()
	switch row {
	case "ending: the request's own error":
		var own *procactor.TaskError
		require.ErrorAs(t, err, &own)
		assert.Equal(t, "kit", own.Task)
	case "ending: a panic", "stream: a panic comes last":
		var crash *actor.PanicError
		require.ErrorAs(t, err, &crash)
		assert.Contains(t, string(crash.Stack), "targettest.perform", "the stack is that of the panic")
		assert.Equal(t, 2, exitOf(t, err).Code)
	case "ending: the actor exits":
		exit := exitOf(t, err)
		assert.Equal(t, 3, exit.Code)
		assert.False(t, exit.Killed)
	case "ending: killed while running", "stream: killed while running", "watch: the reason of a crash":
		exit := exitOf(t, err)
		assert.True(t, diedByOthers(exit) || exit.Killed && exit.Signal == os.Kill, "%v", err) // a pool's workers we kill
	case "watch: the reason of an orderly stop":
		assert.ErrorIs(t, err, actor.ErrShutdown)
	case "ending: other version or tasks":
		var misfit *procactor.HandshakeError
		require.ErrorAs(t, err, &misfit)
		assert.Equal(t, "no such task", misfit.Task)
	case "ending: quarantined":
		var poison *procactor.PoisonError
		require.ErrorAs(t, err, &poison)
		assert.Len(t, poison.Deaths, 3)
	}
}

// lacksWorker is what no worker process can cause.
func lacksWorker(more map[string]string) map[string]string {
	lacks := map[string]string{
		"call: values of the context travel":               "they are values of this process; WithTraceparent and keys travel",
		"watch: a stop lets the running request end first": "it does, but does not cancel it: see TestStopLetsRunningCallsFinish",
		"ending: failed to start":                          "who cannot start has no Ref, or is held until it can",
	}
	for row, reason := range more {
		lacks[row] = reason
	}
	return lacks
}

// absent asks the host for a task that its worker does not have.
func absent(t *testing.T, h procactor.Host) error {
	_, err := procactor.NewTask[int, int]("no such task", nil).On(h).Call(t.Context(), 1)
	return err
}

// garbled is a channel that can be made to deliver nonsense.
type garbled struct {
	io.ReadWriteCloser
	on atomic.Bool
}

func (g *garbled) Read(p []byte) (int, error) {
	n, err := g.ReadWriteCloser.Read(p)
	if g.on.Load() {
		for i := range p[:n] {
			p[i] = 0xff
		}
	}
	return n, err
}

// babble calls a worker that answers with nonsense.
func babble(t *testing.T) error {
	var g *garbled
	w := procactor.Self()
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser {
		g = &garbled{ReadWriteCloser: rw}
		return g
	}
	p := start(t, w)
	g.on.Store(true)
	_, err := square.On(p).Call(t.Context(), 2)
	return err
}

// poisoned calls a task that kills each worker.
func poisoned(t *testing.T, h procactor.Host) error {
	_, err := misbehave.Idempotent().On(h).Call(t.Context(), "panic")
	return err
}

// Guarantee(calls): Every ending of a call to a worker process is in a documented table, and says how far the request got.
func TestTargetProcess(t *testing.T) {
	newProcess := func(t *testing.T) (*actor.System, *procactor.Process) {
		sys := newSystem(t)
		p, err := procactor.Start(t.Context(), sys, "subject", kitWorker())
		require.NoError(t, err)
		return sys, p
	}
	once := "the System forgets a process at its first end"
	size := "a Process's mailbox has the default size; see the pool's rows"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject {
			sys, p := newProcess(t)
			exit := func() {
				if pid, ok := p.PID(); ok {
					_ = sys.Exit(pid, actor.ErrShutdown)
				}
			}
			return targettest.Subject{
				Ref:   kitOn(p),
				Kill:  func() { killProcess(t, procactor.ProcessID(p)) },
				Stop:  exit,
				Drain: sys.Drain,
				GiveUp: func() {
					down := kitOn(p).Watch(context.Background())
					exit()
					<-down
				},
			}
		},
		Nobody: func(t *testing.T) kitRef { return kitOn(procactor.HostAt(newSystem(t), "nobody")) },
		Provoke: map[string]func(*testing.T) error{
			"ending: other version or tasks": func(t *testing.T) error {
				_, p := newProcess(t)
				return absent(t, p)
			},
			"ending: the other side broke the protocol": babble,
			"ending: link lost":                         cutOff,
		},
		Check: checkWorker,
		Ahead: kitAhead,
		Lacks: lacksWorker(map[string]string{
			"watch: while no life is there, it waits for the next":    once,
			"restart: a Ref outlives the lives":                       once,
			"restart: the PID is another, and greater":                once,
			"restart: what was queued is answered by the next life":   once,
			"restart: what is sent between two lives waits":           once,
			"restart: canceled between two lives":                     once,
			"restart: giving up between two lives answers what waits": once,
			"ending: quarantined":                                     "it takes three workers",
			"overload: a call waits for room":                         size,
			"overload: canceled while it waits for room":              size,
			"overload: NoWait does not wait":                          size,
			"overload: Reject refuses":                                size,
			"overload: DropOldest tells whom it drops":                size,
			"overload: one who has gone takes up no room":             size,
		}),
		Golden: "testdata/target-process.txt",
	})
}

func TestTargetProcessInSlot(t *testing.T) {
	inSlot := func(t *testing.T) (*actor.System, procactor.Host, *keeper) {
		sys := newSystem(t)
		k := keep(t, sys, "top/subject", func(at *actor.Slot) error {
			_, err := procactor.Start(context.Background(), at, at.ID(), kitWorker())
			return err
		})
		return sys, procactor.HostAt(sys, "top/subject"), k
	}
	size := "a Process's mailbox has the default size; see the pool's rows"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject {
			sys, host, k := inSlot(t)
			return targettest.Subject{
				Ref: kitOn(host),
				Kill: func() {
					k.settled()
					killProcess(t, procactor.ProcessID(host))
				},
				Stop:   func() { k.slot.Stop(actor.ErrShutdown) },
				Hold:   k.hold,
				Resume: k.resume,
				GiveUp: k.giveUp,
				Drain:  sys.Drain,
			}
		},
		Nobody: func(t *testing.T) kitRef { return kitOn(procactor.HostAt(newSystem(t), "top/nobody")) },
		Provoke: map[string]func(*testing.T) error{
			"ending: other version or tasks": func(t *testing.T) error {
				_, host, _ := inSlot(t)
				return absent(t, host)
			},
			"ending: the other side broke the protocol": babble,
			"ending: link lost":                         cutOff,
			"ending: quarantined": func(t *testing.T) error {
				_, host, _ := inSlot(t)
				return poisoned(t, host)
			},
		},
		Check: checkWorker,
		Ahead: kitAhead,
		Lacks: lacksWorker(map[string]string{
			"ending: queued when the last life ended":     "another life comes and answers it",
			"overload: a call waits for room":             size,
			"overload: canceled while it waits for room":  size,
			"overload: NoWait does not wait":              size,
			"overload: Reject refuses":                    size,
			"overload: DropOldest tells whom it drops":    size,
			"overload: one who has gone takes up no room": size,
		}),
		Golden: "testdata/target-process-slot.txt",
	})
}

// The pool itself is what ends here, as one under a supervisor does; the deaths
// of its workers are in pool_test.go.
func TestTargetPool(t *testing.T) {
	inSlot := func(t *testing.T, box mailbox.Config) (*actor.System, procactor.Host, *keeper) {
		sys := newSystem(t)
		k := keep(t, sys, "top/subject", func(at *actor.Slot) error {
			_, err := procactor.StartPool(context.Background(), at, at.ID(), kitWorker(), procactor.PoolConfig{Size: 1, Mailbox: box})
			return err
		})
		return sys, procactor.HostAt(sys, "top/subject"), k
	}
	subject := func(t *testing.T, box mailbox.Config) targettest.Subject {
		sys, host, k := inSlot(t, box)
		return targettest.Subject{
			Ref: kitOn(host),
			Kill: func() {
				k.settled()
				k.slot.Kill(actor.ErrKilled)
			},
			Stop:   func() { k.slot.Stop(actor.ErrShutdown) },
			Hold:   k.hold,
			Resume: k.resume,
			GiveUp: k.giveUp,
			Drain:  sys.Drain,
		}
	}
	worker := "a worker's death is not that of the pool; see TestPoolReplacesItsDead"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject { return subject(t, mailbox.Config{}) },
		Full: func(t *testing.T, o targettest.Overflow) targettest.Subject {
			return subject(t, mailbox.Config{Capacity: 1, Overflow: map[targettest.Overflow]mailbox.Overflow{
				targettest.Wait: mailbox.Block, targettest.Reject: mailbox.Reject, targettest.DropOldest: mailbox.DropOldest,
			}[o]})
		},
		Nobody: func(t *testing.T) kitRef { return kitOn(procactor.HostAt(newSystem(t), "top/nobody")) },
		Provoke: map[string]func(*testing.T) error{
			"ending: other version or tasks": func(t *testing.T) error {
				_, host, _ := inSlot(t, mailbox.Config{})
				return absent(t, host)
			},
			"ending: the other side broke the protocol": babble,
			"ending: link lost":                         cutOff,
			"ending: quarantined": func(t *testing.T) error {
				_, host, _ := inSlot(t, mailbox.Config{})
				return poisoned(t, host)
			},
		},
		Check: func(t *testing.T, row string, err error) {
			if row == "watch: the reason of a crash" {
				assert.ErrorIs(t, err, actor.ErrKilled)
				return
			}
			checkWorker(t, row, err)
		},
		Ahead: kitAhead,
		Lacks: lacksWorker(map[string]string{
			"ending: queued when the last life ended": "another life comes and answers it",
			"ending: a panic":                         worker,
			"ending: the actor exits":                 worker,
			"cast: a panic ends the life":             worker,
		}),
		Golden: "testdata/target-pool.txt",
	})
}
