package procactor_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whichOf is what a worker's environment says of it: its place and its number.
func whichOf(environment string) []string {
	var which []string
	for _, name := range []string{wire.EnvPlace, wire.EnvNumber} {
		for line := range strings.Lines(environment) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
				which = append(which, value)
			}
		}
	}
	return which
}

// Guarantee(blind): A worker finds in its environment the path of its actor and its number in the pool; its successor finds the same.
func TestWorkerKnowsWhichItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := role(t, "tells-place", fileVariable+"="+dir, wire.EnvPlace+"=outer#77", wire.EnvNumber+"=77") // which are another's
	pool := startPool(t, w, procactor.PoolConfig{Size: 3})
	told := func() map[string]string {
		numbers := map[string]string{}
		for _, worker := range pool.Workers() {
			env, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(worker.Process)))
			require.NoError(t, err)
			which := whichOf(string(env))
			require.Len(t, which, 2)
			assert.Equal(t, worker.PID.Name, which[0])
			numbers[which[0]] = which[1]
		}
		return numbers
	}
	want := map[string]string{"pool#1": "1", "pool#2": "2", "pool#3": "3"}
	assert.Equal(t, want, told())
	second := func() int {
		for _, worker := range pool.Workers() {
			if worker.PID.Name == "pool#2" {
				return worker.Process
			}
		}
		return 0
	}
	dead := second()
	killProcess(t, dead)
	require.Eventually(t, func() bool { pid := second(); return pid != 0 && pid != dead }, patience, time.Millisecond)
	assert.Equal(t, want, told(), "of who came in its place")
}

// A worker that is in no pool has a number, too, and its own workers their own.
func TestSingleWorkerKnowsWhichItIs(t *testing.T) {
	t.Parallel()
	sys := newSystem(t)
	spec := procactor.ProcessChild("one", procactor.Self())
	_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{spec}})
	require.NoError(t, err)
	one := act.On(procactor.HostAt(sys, "top/one"))
	env, err := one.Call(t.Context(), deed{Do: "env"})
	require.NoError(t, err)
	assert.Equal(t, []string{"top/one", "1"}, whichOf(env))
	env, err = one.Call(t.Context(), deed{Do: "nested env"})
	require.NoError(t, err)
	assert.Equal(t, []string{"inner", "1"}, whichOf(env))
}
