//go:build unix

package procactor_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(foreign): A readiness probe that panics counts as a failed try, and a line function that panics as "not ready"; neither ends the parent.
func TestReadinessPanics(t *testing.T) {
	const lines = `echo bad; echo good; trap 'exit 0' TERM; while :; do sleep 0.01; done`
	tries := 0
	for name, tt := range map[string]struct {
		ready procactor.Readiness
		fails string
	}{
		"line": {ready: procactor.Readiness{Line: func(line string) bool {
			if line == "bad" {
				panic("what is this")
			}
			return line == "good"
		}}},
		"every line": {fails: "what is good", ready: procactor.Readiness{Timeout: 3 * time.Second, Line: func(line string) bool {
			panic("what is " + line)
		}}},
		"probe": {ready: procactor.Readiness{Interval: time.Millisecond, Probe: func(context.Context) error {
			if tries++; tries < 3 {
				panic("what is this")
			}
			return nil
		}}},
		"every probe": {fails: "no such thing", ready: procactor.Readiness{Timeout: time.Second, Probe: func(context.Context) error {
			panic("no such thing")
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			sys := newSystem(t)
			d := shell(lines)
			d.Ready = tt.ready
			_, err := procactor.StartDaemon(t.Context(), sys, "d", d)
			if tt.fails == "" {
				require.NoError(t, err)
				require.NoError(t, sys.Stop(t.Context(), "d"))
				return
			}
			require.ErrorIs(t, err, procactor.ErrStartTimeout)
			assert.Contains(t, err.Error(), tt.fails)
			var crash *actor.PanicError
			assert.ErrorAs(t, err, &crash)
		})
	}
}

// A probe whose error cannot be looked into, as one that wraps a nil pointer,
// is a failed try as well.
func TestReadinessErrorThatPanics(t *testing.T) {
	d := shell("exec sleep 1000")
	d.Ready = procactor.Readiness{Timeout: time.Second, Probe: func(context.Context) error { return wrapsNothing{} }}
	_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
	assert.ErrorIs(t, err, procactor.ErrStartTimeout)
}

// wrapsNothing panics when it is looked into.
type wrapsNothing struct{}

func (wrapsNothing) Error() string { return "wraps nothing" }
func (wrapsNothing) Is(error) bool { panic("nothing is here") }

// Guarantee(foreign): A probe that never returns does not keep the start of a plain program from ending.
func TestReadinessProbeThatNeverReturns(t *testing.T) {
	free, left := make(chan struct{}), make(chan struct{}, 1)
	d := shell("exec sleep 1000")
	d.Ready = procactor.Readiness{Timeout: time.Millisecond, Probe: func(context.Context) error {
		defer func() { left <- struct{}{} }()
		<-free
		return nil
	}}
	failed := make(chan error, 1)
	sys := newSystem(t)
	go func() {
		_, err := procactor.StartDaemon(context.Background(), sys, "d", d)
		failed <- err
	}()
	assert.ErrorIs(t, wait(t, "the start", (<-chan error)(failed)), procactor.ErrStartTimeout)
	close(free)
	wait(t, "the probe", (<-chan struct{})(left))
}

// How a readiness command ends is not how its program did.
func TestReadinessCommandIsNotTheCause(t *testing.T) {
	d := shell("exec sleep 1000")
	tried := filepath.Join(t.TempDir(), "tried")
	d.Ready = procactor.Readiness{Timeout: 3 * time.Second, Interval: time.Millisecond, Command: []string{
		"sh", "-c", `echo no database >&2; test -e "$0" && exec sleep 1000; : >"$0"; exit 125`, tried,
	}}
	_, err := procactor.StartDaemon(t.Context(), newSystem(t), "d", d)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
	assert.Contains(t, err.Error(), "no database")
	assert.Contains(t, err.Error(), "125")
	cause := supervise.CauseOf(err)
	assert.False(t, cause.Exited)
	assert.Zero(t, cause.Code)
}
