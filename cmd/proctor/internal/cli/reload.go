package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/spf13/cobra"
)

func (a *app) reload() *cobra.Command {
	return a.ofTree(&cobra.Command{
		Use: "reload", Short: "Have a tree read its policy file again",
		Long: `reload is what HUP is, and waits. It prints which programs were restarted, added and
removed, what was changed without a restart, and who was left alone. A file with
mistakes changes nothing, and they are printed.

A temporary child that has ended is not started again by a reload, unless the file
says something else of it than before, or of what is beneath it.`,
		Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return a.ask(control.Request{Op: control.OpReload}, func(r control.Reply) error {
				switch {
				case r.Changes == nil: // of an older server
					return nil
				case a.json:
					return a.print(r.Changes)
				}
				return printChanges(a.stdout, *r.Changes)
			})
		},
	})
}

// printChanges prints what a reload has done, for people.
func printChanges(to io.Writer, c control.Changes) error {
	if len(c.Restarted)+len(c.Added)+len(c.Removed)+len(c.Retuned) == 0 {
		_, err := fmt.Fprintln(to, "nothing has changed")
		return err
	}
	left := slices.DeleteFunc(slices.Clone(c.Left), func(path string) bool { return slices.Contains(c.Retuned, path) })
	for _, line := range []struct {
		what  string
		paths []string
	}{
		{"restarted", c.Restarted},
		{"added", c.Added},
		{"removed", c.Removed},
		{"changed without a restart", c.Retuned},
		{"left as they are", left},
	} {
		if len(line.paths) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(to, "%s: %s\n", line.what, plain(strings.Join(line.paths, ", "))); err != nil {
			return err
		}
	}
	return nil
}
