package cli

import "slices"

// twoDashes writes -json as --json: programs in Go that use its own flags take
// both, and so hands have learned the short one. What is behind "--" is left
// alone.
func twoDashes(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		switch arg {
		case "--":
			return args
		case "-json":
			args[i] = "--json"
		}
	}
	return args
}
