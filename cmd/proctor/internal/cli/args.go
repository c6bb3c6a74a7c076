package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// takes has a command refuse other numbers of arguments than from least to most,
// and say how many there are: cobra's own call one too many an unknown command,
// or speak of arg(s).
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) >= least && len(args) <= most:
			return nil
		case len(args) == 0:
			return fmt.Errorf("%s needs an argument", cmd.Name())
		case most == 0:
			return fmt.Errorf("%s takes no argument such as %q", cmd.Name(), args[0])
		case len(args) < least:
			return fmt.Errorf("%s needs an argument after %q", cmd.Name(), args[len(args)-1])
		}
		return fmt.Errorf("%s takes no further argument such as %q", cmd.Name(), args[most])
	}
}
