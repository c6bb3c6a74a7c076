package cli

import (
	"fmt"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/graph"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/spf13/cobra"
)

func (a *app) graph() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "graph FILE",
		Short:   "Draw the tree of a policy file",
		GroupID: groupFiles,
		Long: `graph prints the tree of a policy file as SVG, or in the language of Graphviz:
what is started in which order, and what happens when it ends.`,
		Example: "  proctor graph shop.yaml >shop.svg\n  proctor graph --format dot shop.yaml | dot -Tpng >shop.png",
		Args:    takes(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "svg" && format != "dot" {
				return fmt.Errorf("--format is %q: use svg or dot", format)
			}
			file, err := policy.Load(args[0], policy.Options{})
			if err != nil {
				return exit(exitUsage, err)
			}
			tree := graph.Of(file.Tree())
			if a.json {
				return a.print(tree)
			}
			drawing := graph.SVG(tree)
			if format == "dot" {
				drawing = graph.Dot(tree)
			}
			_, err = a.stdout.Write(drawing)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "svg", "svg or dot")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"svg", "dot"}, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return cmd
}
