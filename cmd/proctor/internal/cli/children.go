package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/spf13/cobra"
)

// completing is how long a shell waits for the children of a tree.
const completing = time.Second

// children completes the ID of a child, by the paths of those that the tree has
// now; of none when it cannot be asked. Whoever starts one, or reads what it has
// written, is offered those as well that have ended and are forgotten.
func (a *app) children(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	addresses, err := a.addresses()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(context.Background(), completing)
	defer cancel()
	var paths []cobra.Completion
	gone := slices.Contains([]string{string(control.OpStart), string(control.OpRestart), string(control.OpLogs)}, cmd.Name())
	_ = control.Ask(ctx, addresses, control.Request{Op: control.OpStatus}, func(r control.Reply) error {
		if r.Tree != nil {
			paths = pathsBeneath(*r.Tree, paths, gone)
		}
		return nil
	}) // what is not known is not completed
	return paths, cobra.ShellCompDirectiveNoFileComp
}

// pathsBeneath adds the paths of all that is beneath n.
func pathsBeneath(n control.Node, paths []cobra.Completion, gone bool) []cobra.Completion {
	for _, c := range n.Children {
		paths = pathsBeneath(c, append(paths, cobra.CompletionWithDesc(c.Path, c.State)), gone)
	}
	for _, id := range n.Forgotten {
		if gone {
			paths = append(paths, cobra.CompletionWithDesc(strings.TrimPrefix(n.Path+"/"+id, "/"), "forgotten"))
		}
	}
	return paths
}
