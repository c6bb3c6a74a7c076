package alone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

// killWait bounds the wait for the pipes of a child that has ended, which a
// process that it started could hold open. On a busy machine it takes its time
// to read what the child wrote before.
const killWait = 30 * time.Second

// Run runs the task on in as a goroutine of a child process, gives it the
// time wait, and tells what became of it. When Run returns the child is no
// more. The error is the context's when that ended first, or says that the
// child could not be started.
func Run(ctx context.Context, in analyze.Request, wait time.Duration) (Fate, error) {
	self, err := os.Executable()
	if err != nil {
		return Fate{}, fmt.Errorf("start a child: %w", err)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	stderr, killed := &head{}, false
	cmd := exec.CommandContext(waiting, self, childArgument)
	// However the user likes their traces: the reason comes first.
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single")
	cmd.Stderr = stderr
	cmd.WaitDelay = killWait
	cmd.Cancel = func() error { killed = true; return killGroup(cmd.Process) }
	ownGroup(cmd)
	if err := begin(cmd, in); err != nil {
		return Fate{}, fmt.Errorf("start a child: %w", err)
	}
	err = cmd.Wait() // Cancel has returned by then, or is never called
	switch {
	case ctx.Err() != nil:
		return Fate{}, context.Cause(ctx)
	case killed:
		return Fate{PID: cmd.Process.Pid, Running: true, Waited: wait}, nil
	case cmd.ProcessState == nil:
		return Fate{}, errors.Join(errors.New("the child cannot be waited for"), err)
	}
	return died(cmd.ProcessState, stderr.bytes), nil
}

// begin starts cmd and writes the request on its standard input, which stays
// open: its end tells the child that its parent is no more.
func begin(cmd *exec.Cmd, in analyze.Request) error {
	request, err := json.Marshal(in)
	if err != nil {
		return err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// A child that ended before it read the request is told by Wait.
	_, _ = stdin.Write(request)
	return nil
}
