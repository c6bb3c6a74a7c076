package cli

import (
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/spf13/cobra"
)

func (a *app) logs() *cobra.Command {
	var follow, times bool
	var lines int
	cmd := a.ofTree(&cobra.Command{
		Use: "logs [ID]", Short: "Print what children have written",
		Long: `logs prints the last lines that the children of a tree have written, or one of
them, or those beneath one. A tree keeps 1000 lines of each child, of 256 KiB at most,
also when it is down, or forgotten. The instances of a simple_one_for_one write under one name.

Lines are printed as run does: what would do something to a terminal is shown, such
as \r, and "…" stands where a line is not whole. --json has them as they were written.`,
		Args: takes(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			req := control.Request{Op: control.OpLogs, Lines: lines, Follow: follow}
			if len(args) > 0 {
				req.Path = args[0]
			}
			board := output.New(a.stdout, a.stdout, output.Colors{Stdout: a.colorOut, Stderr: a.colorOut})
			if times {
				board.Times()
			}
			return a.ask(req, func(r control.Reply) error {
				switch {
				case r.Line == nil:
					return nil
				case a.json:
					return a.print(r.Line)
				case r.Line.Lost > 0:
					fmt.Fprintf(a.stderr, "proctor: %d lines were lost: this was too slow\n", r.Line.Lost)
				}
				board.Print(*r.Line)
				return a.stdout.failed()
			})
		},
	})
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what is written from now on")
	cmd.Flags().BoolVar(&times, "time", false, timeHelp)
	cmd.Flags().IntVarP(&lines, "lines", "n", 100, "how many of the last lines")
	return cmd
}

// timeHelp is what --time does, here and in run.
const timeHelp = "print the time before each line (--json has it)"

func (a *app) events() *cobra.Command {
	var lines int
	var once bool
	cmd := a.ofTree(&cobra.Command{
		Use: "events", Short: "Print what the supervisors of a tree decide, and why",
		Long: `events prints each decision of the supervisors of a tree from now on, with its
reason: what has ended, what is restarted and how many restarts are left, what is
given up; and which runs of a child with every have failed, where on_fail: log has
the next one come. With -n it begins with the last ones; a tree keeps 1000, of 1 MiB at most.`,
		Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return a.ask(control.Request{Op: control.OpEvents, Lines: lines, Once: once}, func(r control.Reply) error {
				switch {
				case r.Event == nil:
					return nil
				case a.json:
					return a.print(r.Event)
				}
				_, err := fmt.Fprintf(a.stdout, "%s %s\n", r.Event.At.Format(time.RFC3339Nano), plain(r.Event.Text))
				return err
			})
		},
	})
	cmd.Flags().IntVarP(&lines, "lines", "n", 0, "how many of the last decisions")
	cmd.Flags().BoolVar(&once, "no-follow", false, "do not go on with those from now on")
	return cmd
}
