package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// playNoMain is a program whose author forgot Main, or starts its worker in an
// init or in a test binary without a TestMain: here Main was not called yet,
// which is all those have in common.
func playNoMain() {
	_, err := procactor.Start(context.Background(), actor.NewSystem(), "w", procactor.Self())
	_, perr := procactor.StartPool(context.Background(), actor.NewSystem(), "p", procactor.Self(), procactor.PoolConfig{Size: 2})
	fmt.Println(errors.Is(err, procactor.ErrNoMain), errors.Is(perr, procactor.ErrNoMain))
	fmt.Println(err)
}

// playQuietMain calls Main and ends.
func playQuietMain() { procactor.Main() }

// Guarantee(multiply): A program that starts itself as a worker without having called Main is refused before the spawn, so it cannot fork-bomb.
func TestNoMain(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{
		"top":                                   nil,
		"in a child that carries the variables": {"PROCTOR_WIRE=1.0", channelsVariable + "=3,4,5", "PROCTOR_DEPTH=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(append(os.Environ(), partVariable+"=nomain"), env...)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			first, rest, _ := strings.Cut(string(out), "\n")
			assert.Equal(t, "true true", first)
			assert.Contains(t, rest, "procactor.Main(", "the line to add is there")
			assert.Contains(t, rest, "func TestMain(m *testing.M)")
		})
	}
}

// A worker whose program never comes to Main is one process, and its parent
// learns what to do.
func TestWorkerThatForgotMain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := as("nomain")
	w.Stdout = &out
	_, err := procactor.Start(t.Context(), quietSystem(t), "w", w)
	var misfit *procactor.HandshakeError
	require.ErrorAs(t, err, &misfit)
	require.ErrorContains(t, err, "procactor.Main")
	assert.True(t, strings.HasPrefix(out.String(), "true true\n"), "%s", out.String())
}

func TestMainReturnsOutsideOfWorkers(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=main then stop")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	assert.Empty(t, string(out))
}

// Guarantee(multiply): A worker may have workers of its own, but those may not, unless Worker.MaxDepth says so.
func TestTooDeep(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	_, err := act.On(p).Call(t.Context(), deed{Do: "nest", N: 1})
	require.NoError(t, err)
	_, err = act.On(p).Call(t.Context(), deed{Do: "nest", N: 2})
	require.ErrorContains(t, err, "too many levels of workers")
	require.ErrorContains(t, err, "at 1", "the innermost was refused, not the one around it")
}

// Guarantee(guest): What a worker starts does not take itself for a worker: the variables are gone from its environment.
func TestVariablesAreRemoved(t *testing.T) {
	t.Parallel()
	env, err := act.On(begin(t, quietSystem(t), "w", quick())).Call(t.Context(), deed{Do: "env"})
	require.NoError(t, err)
	assert.NotContains(t, env, "PROCTOR_WIRE")
	assert.NotContains(t, env, channelsVariable)
	assert.NotContains(t, env, "PROCTOR_DEPTH")
	assert.Contains(t, strings.ToUpper(env), "\nPATH=", "the rest is there")
}
