package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/spf13/cobra"
)

func (a *app) ps() *cobra.Command {
	check := false
	cmd := a.ofTree(&cobra.Command{
		Use: "ps", Short: "Show a tree",
		Long: `ps shows all of a tree: what each child is doing, its process, how long it has been
doing so, how often it was restarted, and why it ended last. Of a pool it is the first
process and how many there are; --json has them all. A program that is run at an
interval has one while it runs. A temporary child that has ended is not shown, since
its supervisor has forgotten it; --json has its id among "forgotten" of that, and
start finds it.

On Linux it says of a process that a signal such as STOP has stopped that it is (in
JSON by stopped_pids): to its supervisor it runs. "proctor signal ID CONT" has it go on.

With --check, as for the health check of a container, the exit code is 1 unless all
that is to run is up; what is not is named on stderr. A transient child that has
ended well does not have to run; one that somebody stopped does, and what a signal has
stopped is not up.`,
		Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return a.ask(control.Request{Op: control.OpStatus}, func(r control.Reply) error {
				if r.Tree == nil {
					return nil
				}
				var err error
				if a.json {
					err = a.print(r.Tree)
				} else {
					err = table(a.stdout, *r.Tree, time.Now())
				}
				if down := notUp(*r.Tree, time.Now()); err == nil && check && len(down) > 0 {
					err = exit(exitFailed, fmt.Errorf("not up: %s", strings.Join(down, ", ")))
				}
				return err
			})
		},
	})
	cmd.Flags().BoolVar(&check, "check", false, "fail unless all that is to run is up")
	return cmd
}

// notUp says of all that is to run and does not, what it does instead.
func notUp(n control.Node, now time.Time) (down []string) {
	if n.State != string(supervise.PhaseRunning) && !n.Finished || len(n.StoppedPIDs) > 0 {
		name := n.Path
		if name == "" {
			name = n.ID
		}
		what := fmt.Sprintf("%s is %s", plain(name), stateOf(n, now))
		if len(n.StoppedPIDs) > 0 {
			what += fmt.Sprintf(`: "proctor signal %s CONT" has it go on`, plain(name))
		}
		down = append(down, what)
	}
	for _, c := range n.Children {
		down = append(down, notUp(c, now)...)
	}
	return down
}

// table prints a tree for people.
func table(to io.Writer, root control.Node, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tPID\tSINCE\tRESTARTS\tLAST EXIT")
	var row func(n control.Node, depth int)
	row = func(n control.Node, depth int) {
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\t%d\t%s\n", strings.Repeat("  ", depth), plain(n.ID), stateOf(n, now), pidOf(n), ago(n.Since, now), n.Restarts, lastExit(n, now))
		for _, c := range n.Children {
			row(c, depth+1)
		}
	}
	row(root, 0)
	return w.Flush()
}

func stateOf(n control.Node, now time.Time) string {
	switch {
	case n.CircuitOpen:
		return plain(n.State) + " (too many restarts)"
	case len(n.PIDs) > 0 && len(n.StoppedPIDs) > 0:
		return fmt.Sprintf("%s (%d stopped by a signal)", plain(n.State), len(n.StoppedPIDs))
	case len(n.StoppedPIDs) > 0:
		return plain(n.State) + " (stopped by a signal)"
	case !n.NextTry.IsZero():
		return fmt.Sprintf("%s (in %s)", plain(n.State), max(0, n.NextTry.Sub(now)).Round(time.Millisecond))
	}
	return plain(n.State)
}

func pidOf(n control.Node) string {
	switch {
	case n.PID != 0:
		return strconv.Itoa(n.PID)
	case len(n.PIDs) > 0:
		return fmt.Sprintf("%d… (%d)", n.PIDs[0], len(n.PIDs))
	}
	return "-"
}

// ago is how long something has been so.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "-"
	}
	d := max(0, now.Sub(at))
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%dd", int(d.Hours())/24)
}

func lastExit(n control.Node, now time.Time) string {
	if n.LastReason == "" {
		return "-"
	}
	if n.LastExit.IsZero() {
		return plain(n.LastReason)
	}
	return fmt.Sprintf("%s ago: %s", ago(n.LastExit, now), plain(n.LastReason))
}

// plain is a text on one line, and in one column, that does nothing to a terminal.
func plain(s string) string {
	return output.Clean(strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(s), false)
}
