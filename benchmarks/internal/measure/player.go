package measure

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// Series are the results of one program in one round, by name.
type Series map[string]Result

// PlayArg is the first argument of a program that is to measure: then come the
// time for each series and what is to be measured.
const PlayArg = "play"

// Play measures if the program was started to do so, and reports whether it
// was: then the results are on stdout, and the exit code is to be returned.
func Play(args []string, measure func(d time.Duration, args []string) (Series, error)) (code int, played bool) {
	if len(args) < 3 || args[1] != PlayArg {
		return 0, false
	}
	if err := play(os.Stdout, args[2], args[3:], measure); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

func play(w io.Writer, length string, args []string, measure func(time.Duration, []string) (Series, error)) error {
	d, err := time.ParseDuration(length)
	if err != nil {
		return err
	}
	series, err := measure(d, args)
	if err != nil {
		return fmt.Errorf("measure %v: %w", args, err)
	}
	return json.NewEncoder(w).Encode(series)
}
