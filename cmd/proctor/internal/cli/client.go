package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/spf13/cobra"
)

// ofTree makes a command one that asks a running tree.
func (a *app) ofTree(cmd *cobra.Command) *cobra.Command {
	cmd.GroupID = groupTree
	cmd.Flags().StringVar(&a.socket, "socket", os.Getenv("PROCTOR_SOCKET"), "address of the tree's control socket ($PROCTOR_SOCKET)")
	cmd.Flags().StringVar(&a.policy, "policy", "", "the policy file that the tree is run from, by its name or another that leads to it")
	cmd.MarkFlagsMutuallyExclusive("socket", "policy")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	if strings.Contains(cmd.Use, "ID") {
		cmd.ValidArgsFunction = a.children
	}
	return cmd
}

// addresses are where the tree may be that is meant, the first that there is: the
// one that is named, or the only one that this user runs.
func (a *app) addresses() ([]string, error) {
	switch {
	case a.policy != "":
		places, err := control.PlacesOf(a.policy)
		return []string{places.Name, places.File}, err
	case a.socket != "":
		return []string{a.socket}, nil
	}
	running, err := control.Running()
	switch {
	case err != nil:
		return nil, exit(exitNobody, err)
	case len(running) == 0:
		return nil, exit(exitNobody, errors.New("no tree is run: name one by --policy FILE or --socket ADDRESS if there should be"))
	case len(running) > 1:
		return nil, exit(exitUsage, fmt.Errorf("more than one tree is run, name one by --policy FILE or --socket ADDRESS:\n  %s", strings.Join(running, "\n  ")))
	}
	return running, nil
}

// ask asks the tree; a person can interrupt it.
func (a *app) ask(req control.Request, take func(control.Reply) error) error {
	addresses, err := a.addresses()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err = control.Ask(ctx, addresses, req, take)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return exit(exitFailed, errInterrupted)
	case errors.Is(err, control.ErrNobody):
		return exit(exitNobody, a.nobody(err))
	}
	return exit(statusOf(err), err)
}

// statusOf is the status that a refusal means.
func statusOf(err error) int {
	var told *control.Error
	if errors.As(err, &told) && told.Code == control.CodeBadRequest {
		return exitUsage
	}
	return exitFailed
}

// nobody says which tree is not run, and which are.
func (a *app) nobody(err error) error {
	if a.policy == "" {
		return err
	}
	err = fmt.Errorf("%s: %w", a.policy, err)
	if _, missing := os.Stat(a.policy); errors.Is(missing, fs.ErrNotExist) {
		err = fmt.Errorf("%w\nthere is no file of that name, either", err)
	}
	if running, _ := control.Running(); len(running) > 0 {
		err = fmt.Errorf("%w\nthese are run, for --socket:\n  %s", err, strings.Join(running, "\n  "))
	}
	return err
}

var errInterrupted = errors.New("interrupted")

// nothing takes a reply of which only the outcome counts.
func nothing(control.Reply) error { return nil }

// change is a command that does something to one child.
func (a *app) change(op control.Op, use, short, long string, args cobra.PositionalArgs) *cobra.Command {
	return a.ofTree(&cobra.Command{
		Use: use, Short: short, Long: long, Args: args,
		RunE: func(_ *cobra.Command, args []string) error {
			req := control.Request{Op: op}
			if len(args) > 0 {
				req.Path = args[0]
			}
			return a.ask(req, nothing)
		},
	})
}

func (a *app) stop() *cobra.Command {
	all := false
	cmd := a.ofTree(&cobra.Command{
		Use: "stop [ID]", Short: "Stop a child, or the whole tree",
		Long: `stop stops one child and waits for its end. The child stays down until it is started,
its group or its supervisor is restarted, or a reload has it run otherwise; one that
is temporary is forgotten by its supervisor until then, and an instance for good.
With --all stop has the whole tree stopped, as TERM does, and waits for its end;
interrupted, it leaves the tree to stop alone.

ID is a path below the top, such as back/cache, or an id that only one child has.`,
		Args: func(_ *cobra.Command, args []string) error {
			if all != (len(args) == 0) || len(args) > 1 || len(args) == 1 && args[0] == "" { // an empty one would be the whole tree
				return errors.New("stop takes the ID of one child, or --all")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			err := a.ask(control.Request{Op: control.OpStop, Path: strings.Join(args, "")}, nothing)
			if all && errors.Is(err, errInterrupted) {
				return exit(exitFailed, errors.New("interrupted: the tree goes on stopping"))
			}
			return err
		},
	})
	cmd.Flags().BoolVar(&all, "all", false, "stop the whole tree")
	return cmd
}

func (a *app) start() *cobra.Command {
	return a.change(control.OpStart, "start ID", "Start a child that is down",
		`start starts a child that is down and waits until it is up; one that was left down
for too many restarts is resumed with its group. A temporary child that has ended,
which its supervisor has forgotten and ps does not show, is found in the policy file
as it was last loaded, and started at its place there. Of a simple_one_for_one, or of
its template, start starts one more instance.`, takes(1, 1))
}

func (a *app) restart() *cobra.Command {
	return a.change(control.OpRestart, "restart ID", "Stop a child and start it again",
		`restart stops a child and starts it again, alone, and waits until it is up. It does not
count as a restart. A temporary child is started as the policy file has it, also when it
had ended before. Instances cannot be restarted.`, takes(1, 1))
}
