package procactor

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// handArgs is what a person asks for.
type handArgs struct {
	verb    string // one of the flags
	task    string
	file    string // of the input; empty or "-": standard input
	timeout time.Duration
	raw     bool
	json    bool
}

// parseHandArgs reads the arguments; the first is the verb.
func parseHandArgs(args []string) (handArgs, error) {
	a := handArgs{verb: args[0]}
	var plain []string
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		name, value, hasValue := strings.Cut(rest[0], "=")
		switch {
		case !strings.HasPrefix(rest[0], "--"):
			plain = append(plain, rest[0])
		case rest[0] == flagRaw && a.verb == flagCall:
			a.raw = true
		case rest[0] == "--json" && a.verb == flagList:
			a.json = true
		case name == "--timeout" && a.verb == flagCall:
			if !hasValue && len(rest) > 1 {
				rest = rest[1:]
				value = rest[0]
			}
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 {
				return a, fmt.Errorf("--timeout takes a duration such as 5s or 2m, not %q", value)
			}
			a.timeout = d
		default:
			return a, fmt.Errorf("%s has no flag %s", a.verb, rest[0])
		}
	}
	if a.verb != flagCall {
		if len(plain) > 0 {
			return a, fmt.Errorf("%s takes no argument %q", a.verb, plain[0])
		}
		return a, nil
	}
	if len(plain) == 0 {
		return a, errors.New(flagCall + " takes the name of a task")
	}
	a.task = plain[0]
	if len(plain) > 1 {
		a.file = plain[1]
	}
	if len(plain) > 2 {
		return a, fmt.Errorf("%s takes a name and a file; what is %q?", flagCall, plain[2])
	}
	return a, nil
}

// noSuchTask names the task that may have been meant.
func noSuchTask(name string, there []servedTask) error {
	if len(there) == 0 {
		return fmt.Errorf("there is no task %q: the program gives none to procactor.Main", name)
	}
	nearest, least := "", max(2, len(name)/3)+1
	for _, t := range there {
		if d := distance(strings.ToLower(name), strings.ToLower(t.info.Name)); d < least {
			nearest, least = t.info.Name, d
		}
	}
	if nearest != "" {
		return fmt.Errorf("there is no task %q; did you mean %q?", name, nearest)
	}
	names := make([]string, len(there))
	for i, t := range there {
		names[i] = t.info.Name
	}
	return fmt.Errorf("there is no task %q; there are: %s", name, strings.Join(names, ", "))
}

// distance is how many bytes must be put in, taken out or changed to make b of
// a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			change := corner
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above+1, row[j]+1)
			corner = above
		}
	}
	return row[len(b)]
}
