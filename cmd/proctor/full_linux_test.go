package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What cannot be printed has not been done, and no usage was wrong; but a tree
// goes on.
func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write(t, "bad.yaml", "supervisor: {chldren: []}")
	p.write(t, "scenario.json", `{"supervisor": {"children": [{"id": "a"}]}, "steps": [{"stop": "shutdown"}]}`)
	p.write(t, "job.yaml", `
supervisor:
  auto_shutdown: any_significant
  children: [{id: job, restart: transient, significant: true, command: [echo, done]}]
`)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "back/second | up")
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close() //nolint:errcheck // nothing is in it
	for _, args := range [][]string{
		{"check", "bad.yaml"},
		{"check", "--json", "bad.yaml"},
		{"graph", "pair.yaml"},
		{"simulate", "scenario.json"},
		{"completion", "bash"},
		{"ps"},
		{"logs"},
		{"help", "exit-codes"},
	} {
		cmd := p.command(args...)
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		_ = cmd.Run()
		assert.Equal(t, 1, cmd.ProcessState.ExitCode(), args)
		assert.Contains(t, errs.String(), "the output cannot be written: write /dev/stdout: no space left on device", args)
	}
	cmd := p.command("run", "job.yaml")
	cmd.Stdout = full
	assert.NoError(t, cmd.Run())
}
