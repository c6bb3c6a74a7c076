//go:build !unix

package alone

import (
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup kills the child, which starts no processes.
func killGroup(p *os.Process) error { return p.Kill() }
