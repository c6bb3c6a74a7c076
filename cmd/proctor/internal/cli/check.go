package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/spf13/cobra"
)

func (a *app) check() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE...",
		Short:   "Say all that is wrong with policy files",
		GroupID: groupFiles,
		Long: `check reads policy files and prints each mistake as "file:line:column: what is
wrong; what would be right". It is silent when there is none. What is allowed, and
is hardly meant, such as a command line as one text, is a warning on stderr.`,
		Args: takes(1, math.MaxInt),
		RunE: func(_ *cobra.Command, files []string) error {
			bad := false
			for _, file := range files {
				good, err := policy.Load(file, policy.Options{})
				if err == nil {
					a.warn(good.Warnings())
					continue
				}
				bad = true
				if err := a.mistakes(err); err != nil {
					return err
				}
			}
			if bad {
				return exit(exitFailed, nil)
			}
			return nil
		},
	}
}

// warn prints warnings.
func (a *app) warn(all []policy.Warning) {
	for _, w := range all {
		fmt.Fprintln(a.stderr, "proctor: warning:", output.CleanText(w.String()))
	}
}

// mistake is an error of a file as JSON.
type mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Problem string `json:"problem"`
	Hint    string `json:"hint"`
}

// mistakes prints the errors of a file.
func (a *app) mistakes(err error) error {
	var all policy.Errors
	if !errors.As(err, &all) {
		return exit(exitFailed, err)
	}
	for _, e := range all {
		if a.json {
			if err := a.print(mistake{e.File, e.Line, e.Column, e.Path, e.Problem, e.Hint}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(a.stdout, output.CleanText(e.Error()))
	}
	return nil
}

// print prints a value as a line of JSON.
func (a *app) print(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", output.CleanJSON(line))
	return err
}
