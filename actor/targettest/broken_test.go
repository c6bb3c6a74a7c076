package targettest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	request  = targettest.Request
	response = targettest.Response
	target   = actor.Target[request, response]
)

// Targets that break one promise each.
type (
	wrapsErrors  struct{ target } // an error that is no *CallError
	lies         struct{ target } // a wrong Delivery
	castsTwice   struct{ target }
	forgetsDowns struct{ target }
	streamsAgain struct{ target }
	eager        struct{ target } // a stream that begins before it is ranged over
)

func (b wrapsErrors) Call(ctx context.Context, req request) (response, error) {
	resp, err := b.target.Call(ctx, req)
	if err != nil {
		err = fmt.Errorf("wrapped: %w", err)
	}
	return resp, err
}

func (b lies) Call(ctx context.Context, req request) (response, error) {
	resp, err := b.target.Call(ctx, req)
	var call *actor.CallError
	if errors.As(err, &call) && call.Delivery == actor.Unknown {
		call.Delivery = actor.NotStarted
	}
	return resp, err
}

func (b castsTwice) Cast(ctx context.Context, req request) error {
	return errors.Join(b.target.Cast(ctx, req), b.target.Cast(ctx, req))
}

func (forgetsDowns) Watch(context.Context) <-chan actor.Down {
	out := make(chan actor.Down)
	close(out)
	return out
}

func (b streamsAgain) Stream(ctx context.Context, req request) iter.Seq2[response, error] {
	return func(yield func(response, error) bool) { b.target.Stream(ctx, req)(yield) }
}

func (b eager) Stream(ctx context.Context, req request) iter.Seq2[response, error] {
	_ = b.Cast(ctx, req)
	return b.target.Stream(ctx, req)
}

var faults = map[string]struct {
	decorate func(target) target
	row      string
}{
	"wraps errors":  {func(t target) target { return wrapsErrors{t} }, "ending: the request's own error"},
	"lies":          {func(t target) target { return lies{t} }, "ending: a panic"},
	"casts twice":   {func(t target) target { return castsTwice{t} }, "cast: it runs once"},
	"forgets Downs": {func(t target) target { return forgetsDowns{t} }, "cast: a panic ends the life"},
	"streams again": {func(t target) target { return streamsAgain{t} }, "stream: it is single-use"},
	"eager":         {func(t target) target { return eager{t} }, "stream: nothing is sent before it is ranged over"},
	"none":          {func(t target) target { return t }, ""},
}

// faultVariable names the fault that a child process is to run the kit on.
const faultVariable = "TARGETTEST_FAULT"

type reference struct{}

func (reference) Receive(ctx context.Context, req request, emit func(response) error) error {
	return targettest.Handle(ctx, req, emit)
}

// TestBroken is run by TestKitFindsBrokenTargets in a process of its own,
// where it may fail.
func TestBroken(t *testing.T) {
	fault, ok := faults[os.Getenv(faultVariable)]
	if !ok {
		return
	}
	lacks := make(map[string]string)
	for _, name := range targettest.Names() {
		if name != fault.row && (fault.row != "" || name != "call: the reply is the request's") {
			lacks[name] = "not looked at"
		}
	}
	targettest.Run(t, targettest.Fixture{
		Lacks: lacks,
		New: func(t *testing.T) targettest.Subject {
			sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
			t.Cleanup(func() { _ = sys.Close(context.Background()) })
			ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[request, response]) actor.Behavior[request, response] { return reference{} })
			require.NoError(t, err)
			return targettest.Subject{Ref: actor.NewRef(fault.decorate(ref.Target()))}
		},
	})
}

func TestKitFindsBrokenTargets(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$", "-test.timeout=60s")
			cmd.Env = append(os.Environ(), faultVariable+"="+name)
			out, err := cmd.CombinedOutput()
			if fault.row == "" {
				require.NoError(t, err, "%s", out)
				return
			}
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the kit found nothing: %s", out)
			assert.Contains(t, string(out), "FAIL: TestBroken/")
			assert.NotContains(t, string(out), "panic: test timed out")
		})
	}
}
