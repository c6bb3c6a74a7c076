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
	isStop              // Ctrl-C, Ctrl-Break, and the end of the console or the session
	isReload            // none
	isChild             // none
	isForwarded         // none
)

func whatIs(os.Signal) meaning { return isStop }

// Signals returns the signals that this process gets, from now on.
func Signals() (signals <-chan os.Signal, stop func()) {
	ch := make(chan os.Signal, 16)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	return ch, func() { signal.Stop(ch) }
}
