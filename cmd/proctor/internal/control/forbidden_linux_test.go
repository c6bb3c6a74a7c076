package control_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whose tree is another user's does not hear that there is none.
func TestTreeOfAnotherUser(t *testing.T) {
	p := newTree()
	address := serve(t, p, control.Limits{})
	require.NoError(t, os.Chmod(address, 0))
	asked := make(chan error)
	go func() {
		runtime.LockOSThread() // and for good: the thread is another user's, and ends with this goroutine
		if os.Getuid() == 0 {
			assert.NoError(t, syscall.Setfsuid(65534))
		}
		asked <- control.Ask(t.Context(), []string{address}, control.Request{Op: control.OpStatus}, func(control.Reply) error { return nil })
	}()
	err := <-asked
	require.ErrorIs(t, err, control.ErrForbidden)
	assert.NotErrorIs(t, err, control.ErrNobody)
}
