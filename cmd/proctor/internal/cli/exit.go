package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// The statuses of the program. exitCodes documents them, and docs/exit-codes.md.
const (
	exitGood       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNotStarted = 3
	exitNobody     = 4
	exitKilled     = 5
)

// exitError is an error with the status that it means. A nil err was told
// already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func exit(code int, err error) error { return &exitError{code, err} }

// exitCodes is a page of the help.
func exitCodes() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "The exit codes of all commands",
		Long: `0  it is good; run: the tree was stopped as it was asked to
1  what is to be printed could not be (but for run, which goes on)
   check: a file has errors, which are on stdout
   run: the tree gave up, and the reason is on stderr
   of a running tree: what was asked for could not be done
   ps --check: something that is to run is not up
2  the command line is wrong, or a file that it names (simulate: a bad scenario)
3  run: the tree could not be started, and the reason is on stderr
4  no tree is run there; run: another proctor runs it already
5  run: a second signal came, and what had not ended was killed

run, of a tree that has ended as its auto_shutdown says: the code of the significant
child with which it ended, of all_significant that of the last, which may be any of
these and others; 128+N where signal N ended it. stderr says whose code it is.`,
	}
}
