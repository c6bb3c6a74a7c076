package procactor

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Commands says how many processes of command tasks run at once on a
// [CommandHost], and how they are treated. The zero value is a sensible one; it is a
// value, and one may serve any number of starts.
type Commands struct {
	// Limit is how many processes run at once, of whatever tasks; zero means
	// GOMAXPROCS. Calls beyond it wait in the mailbox, and begin in their order.
	Limit int
	// Env is the environment of a [Command] that has none, as "key=value"; nil means
	// this process's own.
	Env []string
	// Dir is where the calls' private directories are made; empty means os.TempDir.
	Dir string
	// Stdout and Stderr take copies of what the programs write in calls that have
	// no [WithOutput]. Without Stdout, standard output is not logged; without Stderr,
	// standard error is, line by line. They are written to by one goroutine at a
	// time, also one that is given for both.
	Stdout, Stderr io.Writer
	// Grace is how long a process that was asked to end may take before it is
	// killed, and how long those that run when the host stops may take to finish;
	// zero means ten seconds.
	Grace time.Duration
	// MaxBody bounds what is kept of a program's standard output, in bytes; zero
	// means 256 MiB.
	MaxBody uint64
	// Mailbox bounds the calls that wait: 1024, and callers wait for room, if it is
	// zero.
	Mailbox mailbox.Config
	// Quarantine is for keys whose calls die or hang, see [Task.WithKey].
	Quarantine Quarantine
}

// checked returns the commands with what zero stands for, or refuses what cannot
// be meant. It looks at nothing outside; see placed.
func (c Commands) checked() (Commands, error) {
	if c.Limit < 0 {
		return c, wrongCommands("Limit", fmt.Sprintf("is %d", c.Limit), "use 0 for GOMAXPROCS, or a positive number")
	}
	if c.Grace < 0 {
		return c, wrongCommands("Grace", fmt.Sprintf("is %v", c.Grace), fmt.Sprintf("use 0 for %v, or a positive duration", defaultGrace))
	}
	if field, problem, hint := c.Quarantine.mistake(); field != "" {
		return c, wrongCommands(field, problem, hint)
	}
	limits, err := checkedLimits(ofCommands, wire.Limits{MaxBody: c.MaxBody})
	if err != nil {
		return c, err
	}
	c.MaxBody = limits.MaxBody
	c.Limit = cmp.Or(c.Limit, runtime.GOMAXPROCS(0))
	c.Grace = cmp.Or(c.Grace, defaultGrace)
	c.Stdout, c.Stderr = stdio.OneAtATime(c.Stdout, c.Stderr) // the processes share them
	return c, nil
}

// placed returns the commands with their directory made absolute, if it can hold
// others.
func (c Commands) placed() (Commands, error) {
	if c.Dir != "" {
		if hint, problem := lackOfOwnDir("", c.Dir); problem != nil {
			return c, &WorkerError{of: ofCommands, Field: "Dir", Problem: fmt.Sprintf("%q is a relative path", c.Dir), Hint: hint, Err: problem}
		}
	}
	dir, err := filepath.Abs(cmp.Or(c.Dir, os.TempDir()))
	if err != nil {
		return c, err
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return c, &WorkerError{of: ofCommands, Field: "Dir", Problem: fmt.Sprintf("%q cannot hold private directories", dir), Hint: "name a directory that is there", Err: err}
	}
	c.Dir = dir
	return c, nil
}

// ofCommands is what a [WorkerError] is about that refuses Commands.
const ofCommands = "Commands"

func wrongCommands(field, problem, hint string) error {
	return &WorkerError{of: ofCommands, Field: field, Problem: problem, Hint: hint}
}
