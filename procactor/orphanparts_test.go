//go:build unix

package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// playTidy is a worker that cleans up for a second when its parent is gone; how
// it comes to Main differs.
func playTidy(how string) {
	task := procactor.Setup(func(context.Context) (func(), error) {
		return func() {
			<-time.After(time.Second)
			_ = os.WriteFile(os.Getenv(fileVariable), []byte("clean"), 0o600)
		}, nil
	})
	if how == "" {
		procactor.Main(act, task)
		return
	}
	// Main is called on another thread than the first, which is idle then.
	runtime.LockOSThread()
	elsewhere, begin, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		close(elsewhere)
		<-begin
		procactor.Main(act, task)
	}()
	<-elsewhere
	runtime.UnlockOSThread()
	close(begin)
	<-done
}

// playTidyParent starts a worker that cleans up, and waits to be killed.
func playTidyParent(how string) {
	procactor.Main(act)
	w := as("tidy:" + how)
	w.Env = append(w.Env, roleVariable+"=") // it is none of those
	p, err := procactor.Start(context.Background(), actor.NewSystem(), "w", w)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println(procactor.ProcessID(p))
	fmt.Println(0)
	fmt.Println("all")
	select {}
}

// playNoGuardian is a parent that never calls Main, so that it cannot be its
// own guardian.
func playNoGuardian() {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	o := &orphanage{sys: sys, env: append(os.Environ(), parentVariable+"="+strconv.Itoa(os.Getpid()))}
	for range 2 {
		w := procactor.Program("sleep", "1000")
		w.Env = o.env
		if err := o.hung(w); err != nil {
			fmt.Println("error", err)
			return
		}
	}
	pid, _, _, err := procactor.SpawnCommand(sys, o.env, "sleep", "1000")
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println(pid)
	fmt.Println(procactor.GuardianOf(sys))
	fmt.Println("all")
	select {}
}

// playShort is a parent that starts a worker while it is short of descriptors,
// and another when it has plenty, and says what guardians it had.
func playShort() {
	procactor.Main(act)
	ctx, sys := context.Background(), actor.NewSystem()
	defer sys.Close(ctx) //nolint:errcheck // it ends anyway
	r, w, err := os.Pipe()
	_, _ = r.Close(), w.Close() // but the poller is there
	var before syscall.Rlimit
	err = errors.Join(err, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: before.Max}))
	_, short := procactor.Start(ctx, sys, "short", procactor.Program(os.Args[0]))
	fmt.Println(errors.Is(short, syscall.EMFILE), procactor.GuardianOf(sys) != 0)
	err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before))
	_, plenty := procactor.Start(ctx, sys, "plenty", quick())
	fmt.Println(errors.Join(err, plenty), procactor.GuardianOf(sys) != 0)
}

// playClosedOutput has closed its standard output, whose number is free, when it
// writes to a worker that has ended.
func playClosedOutput() {
	_, _ = os.Stdin.Close(), os.Stdout.Close()
	ours, theirs, err := procactor.PipeTo()
	if err == nil {
		_ = theirs.Close()
		err = ours.SetWriteDeadline(time.Now().Add(hangGuard)) // it can still be interrupted
	}
	if err == nil {
		_, err = ours.WriteString("request")
	}
	fmt.Fprintln(os.Stderr, errors.Is(err, syscall.EPIPE))
}
