package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/procactor"
)

// role is set in the program, which is this test binary.
const role = "OWNHOST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "shout":
		serve(os.Stdin, os.Stdout, shout)
	case "kit":
		serve(os.Stdin, os.Stdout, handle)
	default:
		goleak.VerifyTestMain(m)
	}
}

// program is this test binary in a role.
func program(t *testing.T, as string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), role+"="+as)
	return cmd
}

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), program(t, "shout"), &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 5)
	assert.Equal(t, []string{"A PROGRAM, CALLED LIKE A FUNCTION", "WORD", "BY", "WORD"}, lines[:4])
	assert.Contains(t, lines[4], `there is no task "sing"`)
}

// A way to do tasks is added in less than 60 lines of code, imports not counted.
func TestHostIsShort(t *testing.T) {
	text, err := os.ReadFile("host.go")
	require.NoError(t, err)
	_, body, ok := strings.Cut(strings.ReplaceAll(string(text), "\r", ""), "\n)\n")
	require.True(t, ok)
	n := 0
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	assert.Less(t, n, 60)
	assert.Greater(t, n, 20)
}

var (
	kitCall   = procactor.NewTask[targettest.Request, targettest.Response]("kit", nil)
	kitStream = procactor.NewStreamTask[targettest.Request, targettest.Response]("kit stream", nil)
	mute      = procactor.NewTask[int, int]("mute", nil)
)

// handle is the kit's actor in the program.
func handle(ctx context.Context, task string, body []byte, item func(body []byte) error) error {
	if task == "mute" {
		return nil // and no answer
	}
	req, err := codec.Default[targettest.Request]().Parse(body)
	if err != nil {
		return err
	}
	err = targettest.Handle(ctx, req, func(resp targettest.Response) error {
		b, err := codec.Default[targettest.Response]().Append(nil, resp)
		return errors.Join(err, item(b))
	})
	if exit, ok := errors.AsType[*targettest.ExitRequest](err); ok {
		os.Exit(exit.Code)
	}
	return err
}

// both is both tasks as one actor, since a task either answers or streams.
type both struct {
	actor.Target[targettest.Request, targettest.Response]
	stream actor.Target[targettest.Request, targettest.Response]
}

func (b both) Stream(ctx context.Context, req targettest.Request) iter.Seq2[targettest.Response, error] {
	if req.Op == targettest.Emit {
		return b.stream.Stream(ctx, req)
	}
	return b.Target.Stream(ctx, req)
}

func subject(t *testing.T) (*host, targettest.Subject) {
	t.Helper()
	cmd := program(t, "kit")
	h, err := start("kit", cmd)
	require.NoError(t, err)
	kill := func() { _ = cmd.Process.Kill() }
	t.Cleanup(func() { kill(); <-h.Ended() })
	return h, targettest.Subject{
		Ref:    actor.NewRef[targettest.Request, targettest.Response](both{kitCall.On(h).Target(), kitStream.On(h).Target()}),
		Kill:   kill,
		GiveUp: func() { kill(); <-h.Ended() },
	}
}

// Guarantee(interop): A way to do tasks that is written outside of the library, in less than 60 lines, keeps the promises of a Ref; whatever it does, its callers are not harmed.
func TestTargetOfAnOwnHost(t *testing.T) {
	one := "the program has one life"
	queue := "the queue is the callers, each of whom waits for its turn as long as its ctx allows"
	stderr := "the text of a panic goes to the program's stderr, which this host leaves alone"
	targettest.Run(t, targettest.Fixture{
		New: func(t *testing.T) targettest.Subject { _, s := subject(t); return s },
		Provoke: map[string]func(*testing.T) error{
			"ending: the other side broke the protocol": func(t *testing.T) error {
				h, _ := subject(t)
				_, err := mute.On(h).Call(t.Context(), 1)
				return err
			},
		},
		Check: func(t *testing.T, row string, err error) {
			switch row {
			case "ending: the request's own error":
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
				assert.Equal(t, "kit", own.Task)
			case "ending: the actor exits":
				var exit *exec.ExitError
				require.ErrorAs(t, err, &exit)
				assert.Equal(t, 3, exit.ExitCode())
			}
		},
		Ahead: 8192, // what two pipes and a buffer hold
		Lacks: map[string]string{
			"call: values of the context travel":                      "they are values of this process",
			"ending: a panic":                                         stderr,
			"cast: a panic ends the life":                             stderr,
			"stream: a panic comes last":                              stderr,
			"ending: draining":                                        "it is in no System",
			"ending: never was":                                       "there is a host when its program runs, and not before",
			"ending: failed to start":                                 "likewise",
			"ending: link lost":                                       "the pipes end with the program",
			"ending: other version or tasks":                          "the program is asked, and says so with an error of its own",
			"ending: quarantined":                                     "it counts no deaths",
			"watch: the reason of an orderly stop":                    "its input would have to be closed, which only its start has",
			"watch: a stop lets the running request end first":        "likewise",
			"watch: while no life is there, it waits for the next":    one,
			"restart: a Ref outlives the lives":                       one,
			"restart: the PID is another, and greater":                one,
			"restart: what was queued is answered by the next life":   one,
			"restart: what is sent between two lives waits":           one,
			"restart: canceled between two lives":                     one,
			"restart: giving up between two lives answers what waits": one,
			"overload: a call waits for room":                         queue,
			"overload: canceled while it waits for room":              queue,
			"overload: NoWait does not wait":                          queue,
			"overload: Reject refuses":                                queue,
			"overload: DropOldest tells whom it drops":                queue,
			"overload: one who has gone takes up no room":             queue,
		},
		Golden: "testdata/target-ownhost.txt",
	})
}
