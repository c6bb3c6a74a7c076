//go:build unix

package live

import (
	"os"
	"os/signal"
	"syscall"
)

func whatIs(sig os.Signal, terminal sight) meaning {
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT:
		return isStop
	case syscall.SIGHUP:
		return ofHUP(terminal)
	case syscall.SIGCHLD:
		return isChild
	case syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM:
		return isNobodys
	}
	return isIgnored // PIPE: nobody reads our output any more, and the tree goes on
}

// wanted are the signals that mean something, or would end this process.
func wanted() []os.Signal {
	all := []os.Signal{
		syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGCHLD, syscall.SIGPIPE,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM,
	}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}
