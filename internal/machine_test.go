package internal_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// machineMayUse is what the machine of package supervise may use of other
// packages: all of those that only compute, and of the others what is named.
// Types alone do nothing, so they are not asked for.
func machineMayUse() (whole []string, names map[string]string) {
	whole = []string{"errors", "fmt", "maps", "slices", "strconv", "strings"}
	const (
		computes = "it computes with times that the shell gives, and reads no clock"
		said     = "what callers and parents are told"
		asks     = "what an error of the user says of itself is asked apart, with a bound"
	)
	return whole, map[string]string{
		"time.Time.Add":    computes,
		"time.Time.Before": computes,
		"time.Time.IsZero": computes,
		"time.Time.Sub":    computes,

		module + "/actor.ErrNoActor":       said,
		module + "/actor.ErrShutdown":      said,
		module + "/actor.PanicError.Error": said,

		module + "/internal/foreign.As":  asks,
		module + "/internal/foreign.Ask": asks,
		module + "/internal/foreign.Is":  asks,
	}
}

// Guarantee(restarts): The code that decides for a supervisor reads no clock, starts no goroutine, uses no channel and does no I/O: beyond computing, it only asks a child's error what it is.
func TestMachineIsPure(t *testing.T) {
	t.Parallel()
	p := typed(t, "supervise")
	whole, names := machineMayUse()

	machine := p.reach(t, "newMachine", "machine.step")

	assert.Empty(t, machine.impure)
	for name, where := range machine.outside {
		inWhole := slices.ContainsFunc(whole, func(pkg string) bool { return strings.HasPrefix(name, pkg+".") })
		assert.True(t, inWhole || names[name] != "", "the machine uses %s, at %s", name, where)
	}
	for name := range names {
		assert.Contains(t, machine.outside, name, "allowed, and not used any more")
	}
	for _, pkg := range whole {
		used := slices.ContainsFunc(slices.Collect(maps.Keys(machine.outside)), func(name string) bool { return strings.HasPrefix(name, pkg+".") })
		assert.True(t, used, "%s is allowed, and not used any more", pkg)
	}

	t.Run("the shell around it is not, and that is seen", func(t *testing.T) {
		t.Parallel()
		shell := p.reach(t, "Start")
		require.NotEmpty(t, shell.impure)
		said := strings.Join(shell.impure, "\n")
		assert.Contains(t, said, "starts a goroutine")
		assert.Contains(t, said, "uses a channel")
		assert.Contains(t, shell.outside, "time.Now")
		assert.Contains(t, shell.outside, module+"/actor.Begin")
		for object := range machine.seen {
			if !shell.seen[object] {
				t.Errorf("the walk from Start does not come to %s", object.Name())
			}
		}
	})
}
