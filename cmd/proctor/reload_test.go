//go:build unix

package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/live"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lineTo is a writer of lines that hands them on.
type lineTo chan string

func (w lineTo) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}

// Whoever asks for a reload knows what has become of it: by which file the tree runs
// is not to be guessed from the mistake.
func TestReloadOfWhichNotAllComesUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "pair.yaml", pair)
	r := p.run(t, file)
	r.await(t, "back/second | up")
	p.eventuallyRuns(t)
	p.write(t, file, pair+"    - {id: third, command: [no-such-program-anywhere]}\n")
	told := p.do(t, "reload")
	assert.Equal(t, 1, told.code)
	assert.Regexp(t, `^proctor: the policy is reloaded, but not all of it came up: start top/third: .*no-such-program-anywhere`, told.stderr)
	assert.Equal(t, "stopped", p.ps(t)["third"].State)
}

// Whoever asks for a reload is told what it has done, also to those that a strategy
// restarts with another, and that it has done nothing.
func TestReloadTellsWhatItHasDone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const text = `
supervisor:
  intensity: 5
  children:
    - {id: first, command: [sleep, "1001"]}
    - {id: gone, command: [sleep, "1002"]}
    - id: back
      supervisor:
        strategy: rest_for_one
        children:
          - {id: a, command: [sleep, "1003"]}
          - {id: b, command: [sleep, "1004"]}
          - {id: c, command: [sleep, "1005"]}
`
	file := p.write(t, "tree.yaml", text)
	p.run(t, file)
	p.eventuallyRuns(t)
	assert.Equal(t, "nothing has changed\n", p.good(t, "reload"))
	p.write(t, file, strings.NewReplacer(
		`    - {id: gone, command: [sleep, "1002"]}`, `    - {id: new, command: [sleep, "1006"]}`,
		`{id: b, command: [sleep, "1004"]}`, `{id: b, command: [sleep, "1007"]}`,
		`{id: a, `, `{id: a, shutdown: 3s, `,
		`intensity: 5`, `intensity: 6`,
	).Replace(text))
	assert.Equal(t, `restarted: back/b, back/c
added: new
removed: gone
changed without a restart: the top, back/a
left as they are: first
`, p.good(t, "reload"))
	var told control.Changes
	require.NoError(t, json.Unmarshal([]byte(p.good(t, "reload", "--json")), &told))
	assert.Equal(t, control.Changes{Left: []string{"first", "new", "back/a", "back/b", "back/c"}}, told)
}

// A tree that ends is not reloaded, and nothing else is said of it: neither when
// it is asked to before its end, nor after it. The tree is run in this process,
// since a client cannot tell how far a reload has got.
func TestReloadOfATreeThatEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines, log := make(lineTo, 10000), make(lineTo, 10000)
	board := output.New(lines, io.Discard, output.Colors{})
	load := func(name, text string) live.Program {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		program, err := live.Load(file, board)
		require.NoError(t, err)
		return program
	}
	other := load("other.yaml", "supervisor: {children: [{id: other, command: [sleep, '1000']}]}")
	loaded, signals := make(chan struct{}, 1), make(chan os.Signal, 1)
	tree := live.New(live.Config{
		Program: load("slow.yaml", strings.ReplaceAll(slow, "-e go", "-e "+filepath.Join(dir, "go"))),
		Load:    func() (live.Program, error) { loaded <- struct{}{}; return other, nil },
		Board:   board, Log: slog.New(slog.NewTextHandler(log, nil)), Signals: signals,
	})
	await := func(text string) {
		for line := ""; !strings.Contains(line, text); {
			line = <-lines
		}
	}
	over := make(chan live.End)
	go func() {
		end, err := tree.Run()
		assert.NoError(t, err)
		over <- end
	}()
	await("| up")
	signals <- syscall.SIGTERM
	await("asked")
	told := make(chan error)
	reload := func() error { _, err := tree.Reload(t.Context()); return err }
	go func() { told <- reload() }()
	<-loaded
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), nil, 0o600))
	before := <-told
	assert.Equal(t, live.Stopped, <-over)
	for _, err := range []error{before, reload()} {
		var gone *control.Error
		require.ErrorAs(t, err, &gone)
		assert.Equal(t, control.CodeGone, gone.Code)
		assert.Contains(t, gone.Message, "the tree, or this part of it, is ending")
	}
	close(log)
	var notes []string
	for line := range log {
		if strings.Contains(line, "reload") {
			notes = append(notes, line)
		}
	}
	require.Len(t, notes, 2)
	for _, note := range notes {
		assert.Contains(t, note, "the policy is not reloaded: the tree does not run")
	}
}
