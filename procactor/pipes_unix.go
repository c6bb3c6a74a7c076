//go:build unix

package procactor

import "os"

// pipeFrom makes a pipe from a process that is to be started: this process
// reads ours, that one writes theirs.
func pipeFrom() (ours, theirs *os.File, err error) { return os.Pipe() }

// pipeTo makes a pipe to a process that is to be started: this process writes
// ours, that one reads theirs.
func pipeTo() (ours, theirs *os.File, err error) {
	theirs, ours, err = os.Pipe()
	return ours, theirs, err
}

// cutsWrites tells that a write that a deadline interrupts says how much of it
// was written, so that somebody else can go on with the rest.
const cutsWrites = true
