//go:build unix && !linux

package osproc

import "syscall"

// dieWithThread does nothing: only Linux ends a child with its parent.
func dieWithThread(*syscall.SysProcAttr) {}

// KeepThread runs what comes.
func KeepThread(work <-chan func()) {
	for f := range work {
		f()
	}
}

// KeepGrace does nothing, since dieWithThread does.
func KeepGrace() {}
