package main

import (
	"errors"
	"os"

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
		"kill":  func(e *procactor.ExitError) bool { return e.Code != 0 },
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
		_ = killProcess(os.Getpid())
	}
}

// killProcess kills a worker as somebody else would; one that has gone already
// is no error.
func killProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return nil
	}
	defer p.Release() //nolint:errcheck // nothing can be done about it
	if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}
