//go:build unix && !linux

package procactor

import "syscall"

// dieWithThread does nothing: only Linux ends a child with its parent.
func dieWithThread(*syscall.SysProcAttr) {}

// keepThread runs what comes.
func keepThread(work <-chan func()) {
	for f := range work {
		f()
	}
}

// keepGrace does nothing, since dieWithThread does.
func keepGrace() {}
