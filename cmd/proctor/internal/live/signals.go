package live

import (
	"os"
	"os/signal"
	"time"
)

// meaning is what a signal is for.
type meaning uint8

const (
	isIgnored meaning = iota
	isStop            // TERM, INT and QUIT; what ends a console of Windows
	isHangup          // a HUP because the terminal is gone
	isReload          // any other HUP
	isChild           // CHLD
	isNobodys         // one that a program of the tree may be meant to get, and does not
)

// Signals returns the signals that this process gets, from now on. A HUP that
// is ignored, as under nohup(1), stays so, for what is started here as well.
func Signals() (signals <-chan os.Signal, stop func()) {
	ch := make(chan os.Signal, 128)
	signal.Notify(ch, wanted()...)
	return ch, func() { signal.Stop(ch) }
}

// sight is what is seen of the terminal that this process has.
type sight uint8

const (
	noTerminal    sight = iota // it never had one
	terminalThere              // it is there
	terminalGone               // it was closed
	terminalPast               // it was closed, and who says so by a HUP has said so
)

// farewell is how long after the end of a terminal a HUP can be about it. The
// kernel sends it at once, a shell to its jobs when it has got its own.
const farewell = 10 * time.Second

// sightOf judges what is known of the terminal: whether it is there, and for how
// long it has been seen not to be.
func sightOf(had, there bool, goneFor time.Duration) sight {
	switch {
	case !had:
		return noTerminal
	case there:
		return terminalThere
	case goneFor < farewell:
		return terminalGone
	}
	return terminalPast
}

// ofHUP says what a HUP is for. Whoever runs on without its terminal, since nobody
// has told it to end, is told by a HUP to reload, as a daemon is.
func ofHUP(s sight) meaning {
	if s == terminalGone {
		return isHangup
	}
	return isReload
}
