package cli

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/spf13/cobra"
)

func (a *app) signal() *cobra.Command {
	group := false
	cmd := a.ofTree(&cobra.Command{
		Use: "signal ID SIG", Short: "Send a signal to one child",
		Long: `signal sends a signal to the program of one child, not to what that has started; with
--group to all in its process group. Of a pool each worker gets it. run itself hands no
signal on.

SIG is a name, with or without SIG and in any case, or a number: USR1, SIGUSR1, 10.
A child that this ends has ended by itself, and is restarted as its policy says: stop
is what stops it. Windows has no signals.`,
		Example: `  proctor signal web USR1
  proctor signal --group back/cache SIGQUIT`,
		Args: takes(2, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "" {
				return errors.New("signal takes the ID of one child, and a signal")
			}
			if _, err := control.ParseSignal(args[1]); err != nil {
				if _, swapped := control.ParseSignal(args[0]); swapped == nil {
					err = fmt.Errorf("%w; the child comes first: proctor signal %s %s", err, args[1], args[0])
				}
				return exit(statusOf(err), err)
			}
			return a.ask(control.Request{Op: control.OpSignal, Path: args[0], Signal: args[1], Group: group}, nothing)
		},
	})
	cmd.Flags().BoolVar(&group, "group", false, "signal all that is in its process group")
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return control.SignalNames(), cobra.ShellCompDirectiveNoFileComp
		}
		return a.children(cmd, args, typed)
	}
	return cmd
}
