//go:build unix

package procactor_test

import (
	"bytes"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
)

// A process that escaped with the worker's stdout does not delay the news of
// the worker's death.
func TestEscapedHolderOfStdout(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	s, err := act.On(p).Call(t.Context(), deed{Do: "child", Text: "escape"})
	child := pidOf(t, s, err)
	defer func() { _ = syscall.Kill(child, syscall.SIGKILL) }()
	var out bytes.Buffer
	_, err = act.On(p).Call(procactor.WithOutput(t.Context(), &out, nil), deed{Do: "last words", Text: "bye", N: int(syscall.SIGKILL)})
	assert.True(t, isExitError(err), "%v", err)
	assert.Equal(t, "out: bye", out.String())
	assert.False(t, isGone(child), "it was in no group of ours")
}
