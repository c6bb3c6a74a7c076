package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal is a real one: what a window or a connection holds, and what the
// programs in it have.
type terminal struct{ master, slave *os.File }

func newTerminal(t *testing.T) terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	slave, err := os.OpenFile(filepath.Join("/dev/pts", strconv.Itoa(n)), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = slave.Close() })
	return terminal{master, slave}
}

// begin starts a command as the first program of the terminal, which has its
// input; its output goes to the test.
func (w terminal) begin(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	cmd.Stdin, cmd.SysProcAttr = w.slave, &syscall.SysProcAttr{Setsid: true, Setctty: true}
	r := begin(t, cmd)
	require.NoError(t, w.slave.Close())
	return r
}

func (w terminal) resize(t *testing.T, columns int) {
	t.Helper()
	require.NoError(t, unix.IoctlSetWinsize(int(w.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}))
}

// in makes a command a script of sh, in which "$@" is the command.
func in(script string, cmd *exec.Cmd) *exec.Cmd {
	sh := exec.Command("sh", append([]string{"-c", script, "sh"}, cmd.Args...)...)
	sh.Dir, sh.Env = cmd.Dir, cmd.Env
	return sh
}

// Guarantee(proctor): When the terminal of proctor run is closed, the tree is stopped; a HUP sent by kill reloads the file, with a terminal or without.
func TestTerminalIsClosed(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"first program": `exec "$@"`,
		"of a script":   `"$@"; exit 7`,
		"of a shell that tells its jobs": `set -m
trap 'kill -HUP %1 2>/dev/null; exit' HUP
"$@" & wait`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w := newPlace(t), newTerminal(t)
			file := p.write(t, "pair.yaml", pair)
			r := w.begin(t, in(script, p.command("run", file)))
			first := pidAfter(t, r.await(t, "first       | up"), "up")
			second := pidAfter(t, r.await(t, "back/second | up"), "up")
			p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })

			run := parentOf(t, first)
			t.Cleanup(func() { _ = syscall.Kill(run, syscall.SIGKILL) })

			p.write(t, file, pair+"    - {id: third, command: [sh, -c, 'echo third up; exec sleep 1000']}\n")
			require.NoError(t, syscall.Kill(run, syscall.SIGHUP))
			r.await(t, "third up")
			third := p.ps(t)["third"].PID
			require.NoError(t, w.master.Close())
			for _, pid := range []int{first, second, third} {
				requireGone(t, pid)
			}
			r.end(t) // all who have its output
			assert.Contains(t, r.text(), "the terminal is gone")
			assert.Contains(t, r.text(), "first       | first ends", "it was stopped, not killed")
		})
	}
}

// parentOf is who has started the process: proctor run.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	for line := range strings.Lines(statusOf(t, pid)) {
		if rest, ok := strings.CutPrefix(line, "PPid:"); ok {
			parent, err := strconv.Atoi(strings.TrimSpace(rest))
			require.NoError(t, err)
			return parent
		}
	}
	require.Fail(t, "no parent")
	return 0
}

func statusOf(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	require.NoError(t, err)
	return string(text)
}

// ignoresHUP reports whether the process does.
func ignoresHUP(t *testing.T, pid int) bool {
	t.Helper()
	_, rest, ok := strings.Cut(statusOf(t, pid), "SigIgn:\t")
	require.True(t, ok)
	set, err := strconv.ParseUint(rest[:16], 16, 64)
	require.NoError(t, err)
	return set&(1<<(syscall.SIGHUP-1)) != 0
}

// plainTree is a tree whose program does nothing about signals.
const plainTree = "supervisor: {children: [{id: plain, command: [sleep, '1000']}]}"

// Guarantee(proctor): Under nohup, proctor run and its programs outlive the terminal and ignore HUP.
func TestNohup(t *testing.T) {
	t.Parallel()
	p, w := newPlace(t), newTerminal(t)
	file := p.write(t, "plain.yaml", plainTree)
	r := w.begin(t, in(`nohup "$@"; exit`, p.command("run", file)))
	p.eventuallyRuns(t)
	pid := p.ps(t)["plain"].PID
	run := parentOf(t, pid)
	t.Cleanup(func() { _ = syscall.Kill(run, syscall.SIGKILL) })
	assert.True(t, ignoresHUP(t, pid))
	require.NoError(t, w.master.Close())
	require.Eventually(t, func() bool { // the shell has gone, and its kin were told
		return parentOf(t, run) != r.cmd.Process.Pid
	}, hangGuard, hangGuard/10000)
	require.NoError(t, syscall.Kill(run, syscall.SIGHUP))
	p.write(t, file, plainTree[:len(plainTree)-2]+", {id: more, command: [sleep, '1000']}]}")
	after := p.ps(t)
	assert.Equal(t, pid, after["plain"].PID)
	assert.NotContains(t, after, "more")
	p.good(t, "reload")
	assert.Contains(t, p.ps(t), "more", "that goes on")
	p.good(t, "stop", "--all")
	requireGone(t, pid)
}

func TestHUPIsIgnoredByNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, p.write(t, "plain.yaml", plainTree))
	p.eventuallyRuns(t)
	assert.False(t, ignoresHUP(t, p.ps(t)["plain"].PID))
}

// A resized terminal is nothing to the programs: Apache ends when it gets WINCH.
func TestTerminalIsResized(t *testing.T) {
	t.Parallel()
	p, w := newPlace(t), newTerminal(t)
	r := w.begin(t, p.command("run", p.write(t, "talkative.yaml", talkative)))
	r.await(t, "family      | up")
	p.eventually(t, func(tree map[string]control.Node) bool { return tree[""].State == "running" })
	for i := range 50 {
		w.resize(t, 80+i)
	}
	r.signal(t, syscall.SIGUSR1)
	r.await(t, "handed on to no program") // which comes after them
	p.hearsNothingBut(t, r)
}

// Ctrl-\ and Ctrl-C at the terminal are a stop, with all output on it, too.
func TestKeysOfATerminal(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"\x1c", "\x03"} {
		p, w := newPlace(t), newTerminal(t)
		cmd := p.command("run", p.write(t, "plain.yaml", plainTree))
		cmd.Stdin, cmd.Stdout, cmd.Stderr = w.slave, w.slave, w.slave
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		require.NoError(t, w.slave.Close())
		go func() { _, _ = io.Copy(io.Discard, w.master) }()
		p.eventuallyRuns(t)
		pid := p.ps(t)["plain"].PID
		_, err := w.master.WriteString(key)
		require.NoError(t, err)
		assert.NoError(t, cmd.Wait())
		requireGone(t, pid)
	}
}
