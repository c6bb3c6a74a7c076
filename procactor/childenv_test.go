package procactor

import (
	"os"
	"slices"
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A caller that appends to its own environment means what it appends.
func TestLastOfAKeyCounts(t *testing.T) {
	t.Setenv("PROCTOR_TEST_TWICE", "first")
	own := append(os.Environ(), "PROCTOR_TEST_TWICE=last", wire.EnvFDs+"=1,2,3", wire.EnvPlace+"=top/outer#2", wire.EnvNumber+"=2")
	env := childEnv(own)
	assert.Contains(t, env, "PROCTOR_TEST_TWICE=last")
	assert.NotContains(t, env, "PROCTOR_TEST_TWICE=first")
	assert.NotContains(t, env, wire.EnvFDs+"=1,2,3")
	assert.NotContains(t, env, wire.EnvPlace+"=top/outer#2", "what a worker starts is another")
	assert.NotContains(t, env, wire.EnvNumber+"=2")
	assert.Contains(t, own, "PROCTOR_TEST_TWICE=first", "the caller's own is left as it was")

	plan, err := Worker{path: os.Args[0], Env: own}.plan()
	require.NoError(t, err)
	assert.Len(t, slices.DeleteFunc(plan.Env, func(kv string) bool { return kv != "PROCTOR_TEST_TWICE=last" }), 1)

	plan, err = Worker{path: os.Args[0], place: "a\x00b"}.plan()
	require.NoError(t, err)
	assert.Contains(t, plan.Env, wire.EnvPlace+"=a\uFFFDb", "a NUL would keep it from starting")

	assert.Contains(t, childEnv(nil), "PROCTOR_TEST_TWICE=first", "nil is this process's own")
	assert.NotContains(t, childEnv([]string{"A=b"}), "PROCTOR_TEST_TWICE=first")
}
