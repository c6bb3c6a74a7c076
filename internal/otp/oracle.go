package main

import (
	"context"
	_ "embed" // of the oracle
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// oracleScript plays scenarios on OTP's supervisor.
//
//go:embed oracle.escript
var oracleScript []byte

// oracle runs it. Each start of the VM takes a while, so it gets many scenarios
// at a time.
type oracle struct {
	dir  string
	runs int
}

// patience bounds one run of the oracle: a scenario may never come to rest.
const patience = 2 * time.Minute

func newOracle(dir string) (*oracle, error) {
	return &oracle{dir: dir}, os.WriteFile(filepath.Join(dir, "oracle.escript"), oracleScript, 0o700) //nolint:gosec // it is executed
}

// verdict is what OTP did.
type verdict struct {
	trace scenario.Trace
	text  []byte // of the trace
	err   error  // the oracle could not play it, or what it did is no trace
}

// play plays the scenarios, each in its turn.
func (o *oracle) play(ctx context.Context, list []*scenario.Scenario) ([]verdict, error) {
	verdicts := make([]verdict, 0, len(list))
	for len(verdicts) < len(list) {
		done, err := o.batch(ctx, list[len(verdicts):])
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, done...)
	}
	return verdicts, nil
}

// batch starts the oracle once. It returns the verdicts up to the first that
// it could not play.
func (o *oracle) batch(ctx context.Context, list []*scenario.Scenario) ([]verdict, error) {
	o.runs++
	dir := filepath.Join(o.dir, fmt.Sprintf("run%d", o.runs))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is in a folder of temporary ones
	args := []string{filepath.Join(o.dir, "oracle.escript"), dir}
	for i, s := range list {
		text, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.json", i))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, err
		}
		args = append(args, file)
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, failed := exec.CommandContext(bounded, "escript", args...).CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var done []verdict
	for i := range list {
		text, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.jsonl", i)))
		switch {
		case err == nil:
			trace, err := scenario.ParseTrace(text)
			done = append(done, verdict{trace: trace, text: text, err: err})
		case failed == nil:
			return nil, err
		default:
			return append(done, verdict{err: fmt.Errorf("the oracle: %w: %s", failed, head(string(out)))}), nil
		}
	}
	return done, nil
}

// head is the beginning of a long text.
func head(text string) string { return strings.TrimSpace(text[:min(len(text), 1500)]) }
