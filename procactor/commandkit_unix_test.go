//go:build unix

package procactor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kitCommand is the kit's actor as a command task.
func kitCommand(t testing.TB) procactor.Task[targettest.Request, targettest.Response] {
	cmd := tool(t, "kit")
	return procactor.NewCommandTask("kit", func(_ context.Context, req targettest.Request, _ string) (procactor.Command, error) {
		text, err := json.Marshal(req)
		c := cmd
		c.Stdin = bytes.NewReader(text)
		return c, err
	}, func(r procactor.Result) (resp targettest.Response, err error) {
		if r.ExitCode != 0 {
			return resp, &codeError{r.ExitCode, string(r.Stderr)}
		}
		return resp, json.Unmarshal(r.Stdout, &resp)
	})
}

// lacksCommand is what no command can cause.
func lacksCommand(more map[string]string) map[string]string {
	code := "a program that exits has a code, which the task maps: see TestCommandExitCodes"
	death := "the death of a command does not end its host: see TestCommandKilledBySomebodyElse"
	one := "a command answers once"
	lacks := map[string]string{
		"ending: a panic":                               death,
		"ending: the actor exits":                       code,
		"cast: a panic ends the life":                   death,
		"stream: a panic comes last":                    one,
		"ending: link lost":                             "there is no link",
		"ending: the other side broke the protocol":     "there is no protocol",
		"stream: items come in order, then the end":     one,
		"stream: an error comes last, after all items":  one,
		"stream: it is single-use":                      one,
		"stream: leaving the loop cancels the handler":  one,
		"stream: the handler is a bounded number ahead": one,
		"stream: canceled while running":                one,
		"stream: killed while running":                  one,
	}
	lacks["call: values of the context travel"] = "they are values of this process; the build function has them"
	lacks["watch: a stop lets the running request end first"] = "it does, but does not cancel it: see TestStopLetsRunningCommandsFinish"
	for row, reason := range more {
		lacks[row] = reason
	}
	return lacks
}

// checkCommand looks at the errors that commands end with.
func checkCommand(t *testing.T, row string, err error) {
	t.Helper()
	switch row {
	case "ending: the request's own error":
		var own *codeError
		require.ErrorAs(t, err, &own)
		assert.Equal(t, 1, own.code)
	case "ending: killed while running":
		exit := exitOf(t, err)
		assert.True(t, exit.Killed)
		require.ErrorIs(t, exit.Why, actor.ErrKilled)
	case "watch: the reason of a crash":
		assert.ErrorIs(t, err, actor.ErrKilled)
	case "watch: the reason of an orderly stop":
		assert.ErrorIs(t, err, actor.ErrShutdown)
	case "ending: failed to start":
		assert.Equal(t, "no-such-program-anywhere", commandErrorOf(t, err).Program)
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

// provokeCommand is what only the fixture can cause.
func provokeCommand(host func(t *testing.T) procactor.Host) map[string]func(*testing.T) error {
	one := func(task procactor.Task[shot, procactor.Result], cmd procactor.Command) func(*testing.T) error {
		return func(t *testing.T) error {
			_, err := task.On(host(t)).Call(t.Context(), shot{cmd: cmd})
			return err
		}
	}
	return map[string]func(*testing.T) error{
		"ending: other version or tasks": func(t *testing.T) error { return absent(t, host(t)) },
		"ending: failed to start":        one(shoot, procactor.Command{Path: "no-such-program-anywhere"}),
		"ending: quarantined":            one(shoot.Idempotent(), sh("kill -KILL $$")),
	}
}

// targetCommands holds the kit's rows against a host of commands.
func targetCommands(t *testing.T, limit int, more map[string]string, golden string) {
	inSlot := func(t *testing.T, box mailbox.Config) (*actor.System, procactor.Host, *keeper) {
		sys, c := newSystem(t), commandsIn(t)
		c.Limit, c.Mailbox = limit, box
		k := keep(t, sys, "top/subject", func(at *actor.Slot) error {
			_, err := procactor.StartCommands(context.Background(), at, at.ID(), c)
			return err
		})
		return sys, procactor.HostAt(sys, "top/subject"), k
	}
	subject := func(t *testing.T, box mailbox.Config) targettest.Subject {
		sys, host, k := inSlot(t, box)
		return kitSubject(t, sys, host, k)
	}
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject { return subject(t, mailbox.Config{}) },
		Full: func(t *testing.T, o targettest.Overflow) targettest.Subject {
			return subject(t, mailbox.Config{Capacity: 1, Overflow: map[targettest.Overflow]mailbox.Overflow{
				targettest.Wait: mailbox.Block, targettest.Reject: mailbox.Reject, targettest.DropOldest: mailbox.DropOldest,
			}[o]})
		},
		Nobody: func(t *testing.T) kitRef {
			return kitCommand(t).On(procactor.CommandHostAt(newSystem(t), "top/nobody"))
		},
		Provoke: provokeCommand(func(t *testing.T) procactor.Host {
			_, host, _ := inSlot(t, mailbox.Config{})
			return host
		}),
		Check:  checkCommand,
		Lacks:  lacksCommand(more),
		Calls:  scale.Rounds(t, 3, 25),
		Golden: golden,
	})
}

func TestTargetCommand(t *testing.T) {
	targetCommands(t, 1, map[string]string{
		"ending: queued when the last life ended": "another life comes and answers it",
	}, "testdata/target-command.txt")
}

// With more than one process at once nothing waits for the first.
func TestTargetCommands(t *testing.T) {
	one := "several run at once; with one at a time it holds: see TestTargetCommand"
	targetCommands(t, 3, map[string]string{
		"ending: queued when the last life ended":               "another life comes and answers it",
		"call: requests of one sender are handled in order":     one,
		"context: canceled while queued":                        one,
		"restart: what was queued is answered by the next life": one,
		"restart: what is sent between two lives waits":         one,
		"overload: a call waits for room":                       one,
		"overload: canceled while it waits for room":            one,
		"overload: NoWait does not wait":                        one,
		"overload: Reject refuses":                              one,
		"overload: DropOldest tells whom it drops":              one,
		"overload: one who has gone takes up no room":           one,
	}, "testdata/target-commands.txt")
}

// kitSubject is a supervised host of commands.
func kitSubject(t *testing.T, sys *actor.System, host procactor.Host, k *keeper) targettest.Subject {
	return targettest.Subject{
		Ref: kitCommand(t).On(host),
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

// A command's own death, unlike that of its host, is told by nobody but its call.
func TestCommandKilledBySomebodyElse(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	s := newStage(t)
	down := marionette(t).On(p).Watch(t.Context())
	got := call(t.Context(), marionette(t).On(p), s.stubborn("killed"))
	killProcess(t, s.next(t).Process)
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	assert.False(t, exitOf(t, err).Killed)
	select {
	case d := <-down:
		t.Fatal("the host ended", d)
	default:
	}
	assert.NotErrorIs(t, err, actor.ErrKilled)
}

// Guarantee(poison): On a host of commands, too, a key whose processes died three times is refused, until it is pardoned.
func TestCommandsPardon(t *testing.T) {
	h := startCommands(t, commandsIn(t))
	ref := marionette(t).WithKey(func(s strand) string { return s.Key }).On(h)
	s := newStage(t)
	for kills := range 3 {
		got := call(t.Context(), ref, s.part("bad"))
		killProcess(t, s.next(t).Process)
		failed(t, wait(t, "the call's end", got).err, actor.Unknown)
		require.Len(t, h.Quarantine(), 1)
		assert.Equal(t, kills+1, h.Quarantine()[0].Deaths)
	}
	assert.True(t, h.Quarantine()[0].Refused)
	_, err := ref.Call(t.Context(), s.part("bad"))
	failed(t, err, actor.NotSent)
	var poison *procactor.PoisonError
	require.ErrorAs(t, err, &poison)
	require.Len(t, poison.Deaths, 3)
	assert.Equal(t, h.Name(), poison.Deaths[0].PID.Name)

	assert.False(t, h.Pardon("marionette", "good"))
	assert.True(t, h.Pardon("marionette", "bad"))
	assert.Empty(t, h.Quarantine())
	got := call(t.Context(), ref, s.part("bad"))
	s.next(t).do("return pardoned")
	require.NoError(t, wait(t, "the call's end", got).err)
}
