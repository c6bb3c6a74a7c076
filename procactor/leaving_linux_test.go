package procactor_test

import (
	"context"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
)

// linger is a task that has its process die slowly, as on a machine that is
// busy: the process has begun to end and its channel is closed, but only later
// it is dead.
var linger = procactor.NewTask("linger", func(context.Context, struct{}) (struct{}, error) {
	endFirstThread()
	for _, fd := range []int{3, 4} {
		_ = syscall.Close(fd)
	}
	time.Sleep(600 * time.Millisecond) // longer than one who has not begun to end is given
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
})

// endFirstThread ends the thread that stands for the process; the others go on.
func endFirstThread() {
	found := make(chan struct{})
	for tried := make(chan bool); ; {
		go func() {
			runtime.LockOSThread() // the others get other threads
			first := syscall.Gettid() == os.Getpid()
			tried <- first
			if first {
				close(found)
				_, _, _ = syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0)
			}
			select {}
		}()
		if <-tried {
			<-found
			return
		}
	}
}

// playLinger is a worker with that task.
func playLinger() { procactor.Main(linger) }

// A death that is slow is not taken for ours.
func TestSlowDeathIsItsOwn(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", as("linger"))
	_, err := linger.On(p).Call(t.Context(), struct{}{})
	exit := exitOf(t, err)
	assert.Equal(t, syscall.SIGKILL, exit.Signal, "%v", err)
	assert.False(t, exit.Killed, "%v", err)
	assert.False(t, isProtocolError(err), "%v", err)
}
