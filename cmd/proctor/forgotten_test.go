//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
)

// ofJobs has children that are there until they are stopped, and between them,
// at the top and beneath it, one that is done when there is a file named for it.
const ofJobs = `
supervisor:
  children:
    - {id: a, command: [sh, -c, STAY], ready: {stdout: ^up}}
    - {id: job, restart: temporary, command: [sh, -c, JOB], ready: {stdout: ^up}}
    - {id: b, command: [sh, -c, STAY], ready: {stdout: ^up}}
    - id: sub
      supervisor:
        strategy: one_for_all
        children:
          - {id: x, command: [sh, -c, STAY], ready: {stdout: ^up}}
          - {id: task, restart: temporary, command: [sh, -c, JOB], ready: {stdout: ^up}}
          - {id: y, command: [sh, -c, STAY], ready: {stdout: ^up}}
`

// jobs is ofJobs with the scripts; both say which process they are, and that they
// end.
func jobs(text string) string {
	return strings.NewReplacer(
		"STAY", `'trap "echo ends; exit" TERM; echo up $$; while :; do sleep 0.01; done'`,
		"JOB", `'trap "echo ends; exit" TERM; echo up $$; until [ -e done ]; do sleep 0.01; done'`,
	).Replace(text)
}

// finish has the jobs of a tree end, and returns when they are forgotten.
func (p place) finish(t *testing.T, paths ...string) {
	t.Helper()
	p.write(t, "done", "")
	p.eventually(t, func(tree map[string]control.Node) bool {
		for _, path := range paths {
			if _, there := tree[path]; there {
				return false
			}
		}
		return true
	})
	require.NoError(t, os.Remove(filepath.Join(p.dir, "done")))
}

// order are the paths of what is in a tree, in order.
func (p place) order(t *testing.T) string {
	t.Helper()
	var paths []string
	for line := range strings.Lines(p.good(t, "__complete", "stop", "")) {
		if path, state, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			assert.Equal(t, "running", state, path)
			paths = append(paths, path)
		}
	}
	return strings.Join(paths, " ")
}

// pids are the processes of a tree, by paths.
func (p place) pids(t *testing.T) map[string]int {
	t.Helper()
	pids := map[string]int{}
	for path, n := range p.ps(t) {
		pids[path] = n.PID
	}
	return pids
}

// A temporary child that has ended is started again, by start and by restart, at
// the place that the file gives it; nobody else is touched.
func TestStartOfForgottenChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "jobs.yaml", jobs(ofJobs)))
	p.eventuallyRuns(t)
	const all = "a job b sub sub/x sub/task sub/y"
	require.Equal(t, all, p.order(t))
	before := p.pids(t)
	p.finish(t, "job", "sub/task")
	assert.Equal(t, "a b sub sub/x sub/y", p.order(t))
	assert.Equal(t, []string{"job"}, p.ps(t)[""].Forgotten)
	assert.Equal(t, []string{"task"}, p.ps(t)["sub"].Forgotten)
	p.good(t, "ps", "--check")

	p.good(t, "start", "job")
	p.good(t, "restart", "task") // an id that only one child has, as of those that are there
	assert.Equal(t, all, p.order(t))
	assert.Nil(t, p.ps(t)[""].Forgotten)
	after := p.pids(t)
	for path, pid := range before {
		if path == "job" || path == "sub/task" {
			assert.NotEqual(t, pid, after[path], path)
		} else {
			assert.Equal(t, pid, after[path], path)
		}
	}
	assert.Equal(t, 2, strings.Count(p.good(t, "logs", "job"), "up"), "the lines of both lives are kept")
	twice := p.do(t, "start", "job")
	assert.Equal(t, 1, twice.code)
	assert.Contains(t, twice.stderr, "the child is running; proctor restart job has it begin anew")

	// It ends again, and is forgotten again.
	p.finish(t, "job", "sub/task")
	p.good(t, "start", "sub/task")
	p.good(t, "start", "job")
	p.good(t, "stop", "--all")
	assert.Equal(t, 0, r.end(t))
	var ends []string
	for line := range strings.Lines(r.text()) {
		if name, ok := strings.CutSuffix(strings.TrimSpace(line), "| ends"); ok {
			ends = append(ends, strings.TrimSpace(name))
		}
	}
	assert.Equal(t, "sub/y sub/task sub/x b job a", strings.Join(ends, " "))
}

// A temporary child that lives is stopped and started anew, alone, at its place;
// also when who asks for it goes meanwhile.
func TestRestartOfTemporaryChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "jobs.yaml", jobs(ofJobs)+strings.Replace(strings.Split(slow, "children:\n")[1], "id: slow", "id: slow\n      restart: temporary", 1)))
	p.eventuallyRuns(t)
	before := p.pids(t)
	p.good(t, "restart", "sub/task")
	p.good(t, "restart", "job")
	after := p.pids(t)
	assert.NotEqual(t, before["job"], after["job"])
	assert.NotEqual(t, before["sub/task"], after["sub/task"])
	assert.Equal(t, before["sub/x"], after["sub/x"])
	assert.Equal(t, before["sub/y"], after["sub/y"])
	const all = "a job b sub sub/x sub/task sub/y slow"
	assert.Equal(t, all, p.order(t))

	client := p.command("restart", "slow")
	require.NoError(t, client.Start())
	r.await(t, "asked")
	require.NoError(t, client.Process.Kill())
	_ = client.Wait()
	p.eventually(t, func(tree map[string]control.Node) bool { return tree["slow"].State == "stopping" })
	p.write(t, "go", "")
	p.eventually(t, func(tree map[string]control.Node) bool {
		now := tree["slow"]
		return now.State == "running" && now.PID != before["slow"]
	})
	assert.Equal(t, all, p.order(t))
}

// What the file has not is not started, and what is near it is offered; neither
// is what is down with its supervisor, nor an instance.
func TestStartOfWhoIsNotForgotten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const pools = `
    - id: pool
      supervisor:
        strategy: simple_one_for_one
        children: [{id: each, restart: temporary, command: [sh, -c, JOB]}]
    - id: groups
      supervisor:
        strategy: simple_one_for_one
        children:
          - id: group
            supervisor: {children: [{id: member, restart: temporary, command: [sh, -c, JOB]}, {id: other, command: [sh, -c, STAY]}]}
    - id: suite
      restart: temporary
      supervisor:
        auto_shutdown: any_significant
        children:
          - {id: part, restart: temporary, command: [sh, -c, STAY]}
          - {id: crowd, supervisor: {strategy: simple_one_for_one, children: [{id: one, command: [sh, -c, STAY]}]}}
          - {id: last, restart: temporary, significant: true, command: [sh, -c, JOB]}
`
	file := p.write(t, "jobs.yaml", jobs(ofJobs+pools))
	p.run(t, file)
	p.eventuallyRuns(t)
	p.good(t, "start", "pool")
	p.good(t, "start", "groups")
	p.finish(t, "job", "sub/task", "pool/each#1", "groups/group#1/member", "suite")
	for _, refused := range []struct{ command, id, text string }{
		{"start", "jop", `no child is called "jop"; did you mean "job"?`},
		{"restart", "sub/tasc", `no child is called "sub/tasc"; did you mean "sub/task"?`},
		{"start", "pool/each#1", "an instance that has ended does not come back; proctor start pool/each starts another one"},
		{"restart", "each#1", "an instance that has ended does not come back; proctor start pool/each starts another one"},
		{"start", "part", `"suite/part" does not run, since its supervisor "suite" does not`},
		{"restart", "suite/last", `"suite/last" does not run, since its supervisor "suite" does not`},
		{"start", "suite/crowd/one", `"suite/crowd/one" does not run, since its supervisor "suite" does not`},
		{"start", "one", `"suite/crowd/one" does not run, since its supervisor "suite" does not`},
		{"stop", "job", `"job" has ended and is temporary, so that its supervisor has forgotten it: proctor start starts it again`},
		{"signal", "job", `"job" has ended and is temporary`},
	} {
		args := []string{refused.command, refused.id}
		if refused.command == "signal" {
			args = append(args, "HUP")
		}
		told := p.do(t, args...)
		assert.Equal(t, 1, told.code, args)
		assert.Contains(t, told.stderr, refused.text, args)
	}

	// What is in an instance is in the file, too.
	p.good(t, "start", "member")
	p.good(t, "start", "suite")
	tree := p.ps(t)
	assert.NotZero(t, tree["groups/group#1/member"].PID)
	assert.NotZero(t, tree["suite/part"].PID)
	assert.NotZero(t, tree["suite/last"].PID)

	// The file that is in force is that of the last reload.
	p.write(t, file, strings.Replace(jobs(ofJobs), "id: job,", "id: chore,", 1))
	p.good(t, "reload")
	gone := p.do(t, "start", "job")
	assert.Equal(t, 1, gone.code)
	assert.Contains(t, gone.stderr, `no child is called "job"`)
	p.good(t, "start", "task")
	assert.Equal(t, "a chore b sub sub/x sub/task sub/y", p.order(t))
}

// An id means one child, whether or not that has ended.
func TestForgottenChildrenOfOneName(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := strings.ReplaceAll(jobs(ofJobs), "id: task", "id: same")
	p.run(t, p.write(t, "jobs.yaml", text+jobs(`
    - {id: more, supervisor: {children: [{id: same, command: [sh, -c, STAY]}]}}
    - {id: pool, supervisor: {strategy: simple_one_for_one, children: [{id: job, command: [sh, -c, STAY]}]}}
`)))
	p.eventuallyRuns(t)
	p.finish(t, "job", "sub/same")
	before := p.pids(t)
	for _, command := range []string{"start", "restart"} {
		told := p.do(t, command, "same")
		assert.Equal(t, 1, told.code)
		assert.Contains(t, told.stderr, `"same" is more than one child: more/same, sub/same`)
	}
	assert.Equal(t, before, p.pids(t))
	p.good(t, "start", "sub/same")
	p.good(t, "start", "job") // a path is what it says
	p.good(t, "start", "pool/job")
	assert.NotZero(t, p.ps(t)["job"].PID)
	assert.NotZero(t, p.ps(t)["pool/job#1"].PID)
}

// A shell offers to start what has ended, and to read what it wrote.
func TestCompletionOfForgottenChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, p.write(t, "jobs.yaml", jobs(ofJobs)))
	p.eventuallyRuns(t)
	p.finish(t, "job", "sub/task")
	for command, offered := range map[string]bool{"start": true, "restart": true, "logs": true, "stop": false, "signal": false} {
		got := p.good(t, "__complete", command, "")
		assert.Equal(t, offered, strings.Contains(got, "\njob\tforgotten\n"), command)
		assert.Equal(t, offered, strings.Contains(got, "\nsub/task\tforgotten\n"), command)
	}
}
