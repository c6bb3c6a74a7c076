//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"

	"github.com/proctor-dev/proctor/procactor"
)

// deaths are the ways of a worker to die, and whether a death is of that way.
func deaths() map[string]func(*procactor.ExitError) bool {
	return map[string]func(*procactor.ExitError) bool{
		"panic": func(e *procactor.ExitError) bool {
			return e.Code == 2 && e.Panic != nil && e.Panic.Value == "as was asked"
		},
		"exit":  func(e *procactor.ExitError) bool { return e.Code == 3 },
		"exit0": func(e *procactor.ExitError) bool { return e.Code == 0 },
		"kill":  func(e *procactor.ExitError) bool { return e.Signal == syscall.SIGKILL && !e.Killed },
		// Go's runtime catches the signal, says where, and exits with status 2.
		"segv": func(e *procactor.ExitError) bool { return e.Code == 2 && e.Panic != nil },
	}
}

func dieBy(how string) {
	switch how {
	case "panic":
		panic("as was asked")
	case "exit":
		os.Exit(3)
	case "exit0":
		os.Exit(0)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "segv":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
	}
}

// killProcess kills a worker as somebody else would; one that has gone already
// is no error.
func killProcess(pid int) error {
	err := syscall.Kill(pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
