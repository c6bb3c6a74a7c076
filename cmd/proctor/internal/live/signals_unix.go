//go:build unix

package live

import (
	"os"
	"os/signal"
	"syscall"
)

// meaning is what a signal is for.
type meaning uint8

const (
	isIgnored   meaning = iota
	isStop              // TERM and INT
	isReload            // HUP
	isChild             // CHLD
	isForwarded         // to the children
)

func whatIs(sig os.Signal) meaning {
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT:
		return isStop
	case syscall.SIGHUP:
		return isReload
	case syscall.SIGCHLD:
		return isChild
	case syscall.SIGPIPE: // nobody reads our output any more: the tree goes on
		return isIgnored
	}
	return isForwarded
}

// Signals returns the signals that this process gets, from now on. A HUP that
// is ignored, as under nohup(1), stays so.
func Signals() (signals <-chan os.Signal, stop func()) {
	ch := make(chan os.Signal, 128)
	wanted := []os.Signal{
		syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD, syscall.SIGPIPE,
		syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGALRM, syscall.SIGCONT,
	}
	if !signal.Ignored(syscall.SIGHUP) {
		wanted = append(wanted, syscall.SIGHUP)
	}
	signal.Notify(ch, wanted...)
	return ch, func() { signal.Stop(ch) }
}
