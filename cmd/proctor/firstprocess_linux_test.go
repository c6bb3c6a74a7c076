package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// As the first process of a container, proctor adopts orphans without being
// told to, and reaps them: the judge ends the tree when one that has become the
// first process's child has gone, zombie and all.
func TestFirstProcessOfAContainer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "container.yaml", `
supervisor:
  auto_shutdown: any_significant
  children:
    - id: parent
      restart: temporary
      command: [sh, -c, 'setsid sh -c "echo \$\$ >orphan; until [ -e go ]; do sleep 0.01; done" & until [ -s orphan ]; do sleep 0.01; done'] # with its group it would be killed
    - id: judge
      restart: transient
      significant: true
      command:
        - sh
        - -c
        - |
          until [ -s orphan ]; do sleep 0.01; done
          read -r orphan <orphan
          until read -r pid name state parent rest </proc/$orphan/stat; [ "$parent" = 1 ]; do sleep 0.01; done
          >go
          while [ -e /proc/$orphan ]; do sleep 0.01; done
          echo all are gone
`)
	cmd := contained(t, p.command("run", "--no-socket", file), "--kill-child")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	late := time.AfterFunc(hangGuard, func() { _ = cmd.Process.Signal(os.Kill) })
	defer late.Stop()
	assert.NoError(t, cmd.Run(), "%s", &out)
	assert.Contains(t, out.String(), "all are gone")
}

// contained makes a command the first process of a container, with more flags
// of unshare.
func contained(t *testing.T, own *exec.Cmd, flags ...string) *exec.Cmd {
	t.Helper()
	flags = append([]string{"--user", "--map-root-user", "--pid", "--fork", "--mount-proc"}, flags...)
	if out, err := exec.Command("unshare", append(flags, "true")...).CombinedOutput(); err != nil {
		t.Skipf("this user may make no namespace of processes: %v: %s", err, out)
	}
	cmd := exec.Command("unshare", append(append(flags, own.Path), own.Args[1:]...)...)
	cmd.Dir, cmd.Env = own.Dir, own.Env
	return cmd
}

// The first process of a container means the same by its signals, which reach it
// only since it wants them.
func TestSignalsOfTheFirstProcess(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w terminal, first int){
		"its terminal is closed": func(t *testing.T, w terminal, _ int) { require.NoError(t, w.master.Close()) },
		"QUIT":                   func(t *testing.T, _ terminal, first int) { require.NoError(t, syscall.Kill(first, syscall.SIGQUIT)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w := newPlace(t), newTerminal(t)
			file := p.write(t, "talkative.yaml", talkative)
			r := w.begin(t, contained(t, p.command("run", file)))
			r.await(t, "family      | up")
			p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
			first := onlyChildOf(t, r.cmd.Process.Pid)
			t.Cleanup(func() { _ = syscall.Kill(first, syscall.SIGKILL) })
			for i := range 50 {
				w.resize(t, 80+i)
			}
			require.NoError(t, syscall.Kill(first, syscall.SIGWINCH))
			require.NoError(t, syscall.Kill(first, syscall.SIGUSR2))
			r.await(t, "handed on to no program")
			p.hearsNothingBut(t, r)
			p.write(t, file, talkative+"    - {id: new, command: [sh, -c, 'echo new one; exec sleep 1000']}\n")
			require.NoError(t, syscall.Kill(first, syscall.SIGHUP))
			r.await(t, "new one")
			end(t, w, first)
			r.end(t) // all who have its output
			requireGone(t, first)
			assert.Contains(t, r.text(), "stopping")
		})
	}
}

// onlyChildOf is the child of a process that has one.
func onlyChildOf(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	return child
}
