package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/internal/plainfile"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/scenario"
	"github.com/spf13/cobra"
)

func (a *app) simulate() *cobra.Command {
	var tree, script string
	cmd := &cobra.Command{
		Use:     "simulate (SCENARIO.json | --policy FILE --script SCRIPT)",
		Short:   "Say what supervisors would do, in virtual time",
		GroupID: groupFiles,
		Long: `simulate plays what happens to a tree, step by step, and prints what its
supervisors do about it, as lines of JSON. Nothing is started, and no time passes.

A scenario has the tree and the steps. A script is a scenario without "supervisor":
its tree is that of a policy file, of which only what OTP has counts, and boot;
for what is left out there is a warning on stderr. The exit code is 0 whatever becomes of the
tree.`,
		Example: `  proctor simulate --policy shop.yaml --script night.json

  where night.json is
  {"steps": [{"exit": "back/cache", "reason": "crash"}, {"advance": "1s"},
             {"exit": "back/cache", "reason": "kill"}, {"which_children": "back"}]}`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && tree == "" && script == "", len(args) == 0 && tree != "" && script != "":
				return nil
			}
			return errors.New("simulate takes one scenario, or --policy FILE and --script SCRIPT")
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				script = args[0]
			}
			played, err := a.scenario(tree, script)
			if err != nil {
				return exit(exitUsage, err)
			}
			return a.play(script, played)
		},
	}
	cmd.Flags().StringVar(&tree, "policy", "", "policy file that has the tree")
	cmd.Flags().StringVar(&script, "script", "", "scenario without a supervisor")
	return cmd
}

// maxScenario bounds what is read of a file.
const maxScenario = 16 << 20

// scenario reads what is to be played. tree names the policy file of a script.
func (a *app) scenario(tree, script string) (*scenario.Scenario, error) {
	data, err := plainfile.Read(script, maxScenario)
	if err != nil {
		return nil, err
	}
	s, err := scenario.Parse(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", script, err)
	case tree == "":
		return s, nil
	case s.Supervisor != nil:
		return nil, fmt.Errorf("%s: supervisor: the tree is that of --policy; remove it here, or leave --policy and --script out", script)
	}
	if data, err = plainfile.Read(tree, maxScenario); err != nil {
		return nil, err
	}
	top, warnings, err := policy.Scenario(tree, data)
	if err != nil {
		return nil, err
	}
	a.warn(warnings)
	if s.Supervisor, _, err = scenario.ParseSupervisor(top); err != nil {
		return nil, fmt.Errorf("%s: supervisor: %w", tree, err)
	}
	return s, nil
}

// play plays it, and prints the trace, also that of what could not be played to
// its end.
func (a *app) play(name string, s *scenario.Scenario) error {
	trace, failed := scenario.Run(s)
	w := bufio.NewWriter(a.stdout)
	for _, line := range trace {
		text, err := json.Marshal(line)
		if err != nil {
			return err
		}
		_, _ = w.Write(append(text, '\n')) // Flush tells
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if failed != nil {
		return exit(exitUsage, fmt.Errorf("%s: %w", name, failed))
	}
	return nil
}
