//go:build unix

package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/live"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
)

// Of those who start a forgotten child at once, one does, and what it has started
// is not ended by the others. The tree is run in this process: those who come
// from others are too far apart.
func TestStartsOfAForgottenChildAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines, signals := make(lineTo, 10000), make(chan os.Signal, 1)
	board := output.New(lines, io.Discard, output.Colors{})
	file := filepath.Join(dir, "jobs.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
supervisor:
  strategy: one_for_all
  children:
    - {id: a, command: [sh, -c, "echo a; exec sleep 1000"]}
    - {id: job, restart: temporary, command: [sh, -c, "echo job; read -r line < end"], dir: `+dir+`, ready: {stdout: ^job}}
`), 0o600))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "end"), 0o600))
	program, err := live.Load(file, board)
	require.NoError(t, err)
	tree := live.New(live.Config{Program: program, Board: board, Log: slog.New(slog.DiscardHandler), Signals: signals})
	over := make(chan live.End)
	go func() {
		end, err := tree.Run()
		assert.NoError(t, err)
		over <- end
	}()
	starts := 0
	for starts < 2 { // of both
		<-lines
		starts++
	}
	const rounds, clients = 5, 8
	for range rounds {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "end"), []byte("\n"), 0o600)) // its end
		require.Eventually(t, func() bool {
			root, err := tree.Status(t.Context())
			return err == nil && len(root.Forgotten) == 1
		}, hangGuard, hangGuard/10000)
		var all sync.WaitGroup
		begin, told := make(chan struct{}), make([]error, clients)
		for i := range told {
			all.Go(func() {
				<-begin
				told[i] = tree.Start(t.Context(), "job")
			})
		}
		close(begin)
		all.Wait()
		good := 0
		for _, err := range told {
			var refused *control.Error
			switch {
			case err == nil:
				good++
			case assert.ErrorAs(t, err, &refused):
				assert.Equal(t, control.CodeConflict, refused.Code)
			}
		}
		assert.Equal(t, 1, good, "%v", errors.Join(told...))
	}
	signals <- syscall.SIGTERM
	assert.Equal(t, live.Stopped, <-over)
	for len(lines) > 0 {
		<-lines
		starts++
	}
	assert.Equal(t, 2+rounds, starts, "each was started once")
}

// A start that comes while the tree is being changed goes by the file that is in
// force afterwards, and does not bring back what that has no more.
func TestStartOfAForgottenChildDuringAReload(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "jobs.yaml", slow+jobs(strings.SplitN(ofJobs, "children:\n", 2)[1]))
	r := p.run(t, file)
	p.eventuallyRuns(t)
	p.finish(t, "job", "sub/task")
	p.write(t, file, strings.NewReplacer("id: task", "id: other").Replace(jobs(ofJobs)))
	reload := p.ends(t, func() {}, "reload")
	r.await(t, "asked")
	job := p.ends(t, func() {}, "start", "job")
	task := p.ends(t, func() {}, "start", "sub/task")
	restart := p.ends(t, func() {}, "restart", "job")
	for range 5 { // they are asked by then, most likely
		p.ps(t)
	}
	p.write(t, "go", "")
	told := <-reload
	assert.Equal(t, 0, told.code, told.stderr)
	assert.Equal(t, "added: sub/other\nremoved: slow\nleft as they are: a, b, sub/x, sub/y\n", told.stdout)
	assert.Equal(t, 0, (<-restart).code)
	if started := <-job; started.code != 0 { // the restart was first
		assert.Contains(t, started.stderr, "the child is running")
	}
	none := <-task
	assert.Equal(t, 1, none.code)
	assert.Contains(t, none.stderr, `no child is called "sub/task"`)
	assert.Equal(t, "a job b sub sub/x sub/other sub/y", p.order(t))
}

// A reload starts those of whom the file says something else now, whatever that
// is, and nobody else: what was done is not done again because of a line elsewhere.
func TestReloadFindsForgottenChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const suite = `
    - id: suite
      restart: temporary
      supervisor:
        auto_shutdown: any_significant
        children:
          - {id: part, command: [sh, -c, STAY], ready: {stdout: ^up}}
          - {id: last, restart: temporary, significant: true, command: [sh, -c, JOB], ready: {stdout: ^up}}
`
	text := jobs(ofJobs + suite)
	file := p.write(t, "jobs.yaml", text)
	p.run(t, file)
	p.eventuallyRuns(t)
	before := p.pids(t)
	done := []string{"job", "sub/task", "suite"}
	p.finish(t, done...)
	const rest = "a b sub sub/x sub/y"

	assert.Equal(t, "nothing has changed\n", p.good(t, "reload"))
	p.write(t, file, strings.Replace(text, "id: a,", "id: a, shutdown: 3s,", 1))
	assert.Equal(t, "changed without a restart: a\nleft as they are: b, sub/x, sub/y\n", p.good(t, "reload"))
	assert.Equal(t, rest, p.order(t))
	p.write(t, file, text)
	p.good(t, "reload")

	// What is run is another, how it is restarted, or something beneath.
	text = strings.NewReplacer(
		"id: job,", "id: job, env: {ANOTHER: 1},",
		"id: task, restart: temporary,", "id: task, restart: transient,",
		"id: part,", "id: part, shutdown: 3s,",
	).Replace(text)
	p.write(t, file, text)
	assert.Equal(t, `added: job, sub/task, suite/part, suite/last
left as they are: a, b, sub/x, sub/y
`, p.good(t, "reload"))
	assert.Equal(t, "a job b sub sub/x sub/task sub/y suite suite/part suite/last", p.order(t))
	after := p.pids(t)
	for _, path := range strings.Fields(rest) {
		assert.Equal(t, before[path], after[path], path)
	}

	// One that does not start is told, as others are, and the file is in force.
	p.finish(t, "job", "suite")
	p.write(t, file, strings.Replace(text, "id: job, env: {ANOTHER: 1}, restart: temporary, command: [sh,", "id: job, restart: temporary, command: [no-such-program,", 1))
	failed := p.do(t, "reload")
	assert.Equal(t, 1, failed.code)
	assert.Contains(t, failed.stderr, "the policy is reloaded, but not all of it came up: start top/job")
	assert.Equal(t, "nothing has changed\n", p.good(t, "reload"))
}
