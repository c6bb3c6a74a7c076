package live

import (
	"os"
	"syscall"
	"time"
)

// whatIs: Ctrl-C, Ctrl-Break, and the end of the console or the session.
func whatIs(os.Signal, sight) meaning { return isStop }

func wanted() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// Terminal is none: the end of a console is a signal of its own.
type Terminal struct{}

// FindTerminal finds none.
func FindTerminal() *Terminal          { return nil }
func (*Terminal) look(time.Time) sight { return noTerminal }

// Close does nothing.
func (*Terminal) Close() {}
