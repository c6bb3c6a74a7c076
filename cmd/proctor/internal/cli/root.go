package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/spf13/cobra"
)

// app is one run of the program.
type app struct {
	stdout         *checked
	stderr         io.Writer
	json           bool
	colorOut       bool // stdout is a terminal that shows colors
	colorErr       bool
	socket, policy string // where a running tree is
}

// Run runs the program with the arguments behind its name, and returns the
// status that it is to exit with.
func Run(args []string, stdin, stdout, stderr *os.File) int {
	out := &checked{to: stdout}
	a := &app{stdout: out, stderr: stderr, colorOut: hasColors(stdout), colorErr: hasColors(stderr)}
	root := a.root()
	root.SetArgs(twoDashes(args))
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.Execute()
	var exit *exitError
	switch {
	case out.failed() != nil:
		fmt.Fprintln(stderr, "proctor: the output cannot be written:", out.failed())
		return exitFailed
	case err == nil:
		return exitGood
	case errors.As(err, &exit):
		if exit.err != nil {
			tell(stderr, exit.err)
		}
		return exit.code
	}
	tell(stderr, err) // cobra's own are about how it was called
	return exitUsage
}

// tell prints an error, which may repeat what a child or a file says.
func tell(stderr io.Writer, err error) {
	fmt.Fprintln(stderr, "proctor:", output.CleanText(err.Error()))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "proctor",
		Short: "Run programs under OTP's supervision",
		Long: `proctor runs trees of programs under the supervision of Erlang/OTP: a policy
file says what is started in which order, and what happens when something ends.`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print data as JSON, a value a line; also -json")
	root.AddGroup(
		&cobra.Group{ID: groupFiles, Title: "Policy files:"},
		&cobra.Group{ID: groupTree, Title: "A running tree:"},
	)
	root.AddCommand(
		a.check(), a.run(), a.simulate(), a.graph(),
		a.ps(), a.stop(), a.start(), a.restart(), a.reload(), a.signal(), a.logs(), a.events(),
		exitCodes(),
	)
	root.SetOut(a.stdout) // completion keeps what is set by now
	refuseUnknownTopics(root)
	refuseUnknownShells(root)
	sayUsage(root)
	return root
}

// sayUsage has the errors about arguments say which there are.
func sayUsage(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		check := cmd.Args
		if check == nil || cmd.GroupID == "" {
			continue
		}
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return fmt.Errorf("%w; it is %s", err, cmd.UseLine())
			}
			return nil
		}
	}
}

// refuseUnknownTopics makes help about what there is not an error: cobra's own
// prints the usage and is content.
func refuseUnknownTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return
	}
	help.Args = func(_ *cobra.Command, args []string) error {
		_, _, err := root.Find(args)
		return err
	}
}

// refuseUnknownShells does so for completion, which looks at no argument as
// long as there is nothing to run.
func refuseUnknownShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	completion.Args = cobra.NoArgs
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

const (
	groupFiles = "files"
	groupTree  = "tree"
)
