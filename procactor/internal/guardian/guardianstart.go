//go:build unix

package guardian

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// guardian is one guardian process as its parent sees it.
type guardian struct {
	pipe    *os.File // ours, for orders; its end is the last one
	theirs  *os.File
	family  *osproc.Family // of the System
	env     func(inherited []int) []string
	spawned chan struct{} // closed when it was started, or could not be
	child   *osproc.Child // nil if it could not; set before spawned is closed
	how     error         // how it ended, nil as it should; set before ended is closed
	ended   chan struct{} // closed when it was reaped and dealt with
}

// newGuardian makes all but the process.
func newGuardian(of *osproc.Family, env func(inherited []int) []string) (*guardian, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe to the guardian: %w", err)
	}
	return &guardian{pipe: w, theirs: r, family: of, env: env, spawned: make(chan struct{}), ended: make(chan struct{})}, nil
}

// run starts the process and returns how it ended.
func (k *guardian) run() error {
	c, err := k.start()
	_ = k.theirs.Close()
	k.child = c
	close(k.spawned)
	if err != nil {
		k.how = err
		return err
	}
	k.how = c.Wait().Failure()
	return k.how
}

// start starts this very program as a guardian, in a session of its own as every
// child, so that what ends this process's session does not end it. It keeps none of
// our descriptors but the pipe, so that nothing stays open that is ours.
func (k *guardian) start() (*osproc.Child, error) {
	self, err := osproc.SelfPath()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer osproc.CloseAll(null)
	plan := osproc.Plan{
		Path:   self,
		Args:   []string{os.Args[0], "proctor-guardian"}, // the second is for whoever looks at ps
		Dir:    "/",                                      // so that ours can be unmounted
		Family: k.family,
	}
	files := []*os.File{null, null, null, k.theirs}
	plan.Env = append(k.env(osproc.Inherited(len(files))), Variable+"="+guardWire+",3")
	c, err := osproc.Start(plan, files...)
	if err != nil {
		return nil, fmt.Errorf("start the guardian: %w", err)
	}
	return c, nil
}

// tell writes an order, without waiting for anybody. A guardian whose pipe is
// full has not read some thousand of them: it is killed, and the next is told
// what then is left. That of one that has ended is of no use either.
func (k *guardian) tell(o guardOrder) {
	raw, err := k.pipe.SyscallConn()
	if err != nil {
		return
	}
	message, full := o.append(make([]byte, 0, guardOrderSize)), false
	_ = raw.Write(func(fd uintptr) bool {
		_, err := syscall.Write(int(fd), message)
		for errors.Is(err, syscall.EINTR) {
			_, err = syscall.Write(int(fd), message)
		}
		full = errors.Is(err, syscall.EAGAIN)
		return true
	})
	if full {
		go k.kill()
	}
}

func (k *guardian) kill() {
	select {
	case <-k.spawned:
		if k.child != nil {
			k.child.KillGroup()
		}
	case <-k.ended:
	}
}

// dismiss ends the pipe and returns when the guardian has ended; it is killed if
// it does not by itself.
func (k *guardian) dismiss() error {
	act := func(r osproc.Rung) time.Duration {
		switch r.Act { //nolint:exhaustive // a guardian heeds no signal
		case osproc.ActStop:
			_ = k.pipe.Close()
		case osproc.ActKill:
			go k.kill()
		}
		return r.Wait
	}
	if osproc.Descend(osproc.Ladder(osproc.StopChannel, osproc.ReapBound, osproc.HasSignals), act, k.ended, nil) == osproc.DescentLate {
		return osproc.ErrNotReaped
	}
	return k.how
}
