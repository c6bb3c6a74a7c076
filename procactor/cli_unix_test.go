//go:build unix

package procactor_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// terminal is what a person sees of a program: its standard error, by lines.
type terminal struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	all   strings.Builder
}

// atTerminal starts the command; with the test it is killed.
func atTerminal(t *testing.T, cmd *exec.Cmd) *terminal {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	guard := time.AfterFunc(2*patience, func() { _ = cmd.Process.Kill() }) // it may never say what is waited for
	t.Cleanup(func() {
		guard.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &terminal{t: t, cmd: cmd, lines: bufio.NewScanner(stderr)}
}

// see returns the next line that has the text.
func (s *terminal) see(text string) string {
	s.t.Helper()
	for s.lines.Scan() {
		s.all.WriteString(s.lines.Text() + "\n")
		if strings.Contains(s.lines.Text(), text) {
			return s.lines.Text()
		}
	}
	require.Fail(s.t, "it ended without saying "+text, "%s", s.all.String())
	return ""
}

// end returns how the program ended, and all that it said.
func (s *terminal) end() (code int, said string) {
	s.t.Helper()
	for s.lines.Scan() {
		s.all.WriteString(s.lines.Text() + "\n")
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode(), s.all.String()
}

// At a task run by hand the first Ctrl-C cancels its context, and a second one
// ends the process.
func TestCtrlCByHand(t *testing.T) {
	t.Parallel()
	press := func(s *terminal) { require.NoError(t, s.cmd.Process.Signal(os.Interrupt)) }
	command := func(part, task string) *terminal {
		cmd := cliCommandLine(part, "--proctor-call", task)
		cmd.Stdin = strings.NewReader("{}")
		return atTerminal(t, cmd)
	}
	t.Run("canceled", func(t *testing.T) {
		s := command("tasks", "until")
		s.see("waiting, limited: false")
		press(s)
		code, said := s.end()
		assert.Equal(t, 130, code)
		assert.Contains(t, said, "canceled: context canceled: interrupted by Ctrl-C")
		assert.Contains(t, said, "Ctrl-C again ends the process")
	})
	t.Run("ended", func(t *testing.T) {
		s := command("tasks", "deaf")
		s.see("not listening")
		press(s)
		s.see("Ctrl-C again ends the process")
		press(s)
		code, _ := s.end()
		assert.Equal(t, 130, code)
	})
	t.Run("in the set-up", func(t *testing.T) {
		s := command("set-up hangs", "until")
		s.see("setting up")
		press(s)
		code, said := s.end()
		assert.Equal(t, 130, code)
		assert.NotContains(t, said, "waiting")
	})
	t.Run("ignored in the background", func(t *testing.T) {
		script := `trap "" INT; exec "$0" --proctor-call until --timeout 300ms`
		cmd := exec.Command("/bin/sh", "-c", script, os.Args[0])
		cmd.Env = append(os.Environ(), handVariable+"=tasks")
		cmd.Stdin = strings.NewReader("{}")
		s := atTerminal(t, cmd)
		s.see("waiting")
		press(s)
		code, _ := s.end()
		assert.Equal(t, 124, code)
	})
}

// The process of a command is asked to end by the first Ctrl-C, and killed by the
// second one.
func TestCtrlCAtCommandByHand(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T, part strand, args ...string) *terminal {
		t.Helper()
		text, err := json.Marshal(part)
		require.NoError(t, err)
		in, err := json.Marshal(chore{Use: "puppet", Stdin: string(text)})
		require.NoError(t, err)
		cmd := cliCommandLine("tasks", append([]string{"--proctor-call", "tool"}, args...)...)
		cmd.Env = inEmptyDir(t, cmd.Env)
		cmd.Stdin = bytes.NewReader(in)
		return atTerminal(t, cmd)
	}
	press := func(s *terminal) { require.NoError(t, s.cmd.Process.Signal(os.Interrupt)) }
	t.Run("asked", func(t *testing.T) {
		told := newStage(t)
		s := begin(t, told.part("heeds"))
		p := told.next(t)
		press(s)
		p.canceled(t)
		code, said := s.end()
		assert.Equal(t, 130, code)
		assert.Contains(t, said, "proctor: context canceled: interrupted by Ctrl-C")
		assert.True(t, isGone(p.Process))
	})
	t.Run("killed", func(t *testing.T) {
		told := newStage(t)
		s := begin(t, told.stubborn("deaf"))
		p := told.next(t)
		press(s)
		s.see("Ctrl-C again ends the process")
		press(s)
		code, said := s.end()
		assert.Equal(t, 130, code)
		assert.NotContains(t, said, "did not end when it was asked to", "nobody waited for its Grace")
		assert.True(t, isGone(p.Process))
	})
	t.Run("too late", func(t *testing.T) {
		told := newStage(t)
		s := begin(t, told.part("slow"), "--timeout", "5s")
		p := told.next(t)
		p.canceled(t)
		code, said := s.end()
		assert.Equal(t, 124, code)
		assert.Contains(t, said, "proctor: context deadline exceeded: --timeout 5s is over")
		assert.True(t, isGone(p.Process))
	})
	t.Run("by somebody else", func(t *testing.T) {
		told := newStage(t)
		s := begin(t, told.part("doomed"))
		p := told.next(t)
		require.NoError(t, syscall.Kill(p.Process, syscall.SIGKILL))
		code, said := s.end()
		assert.Equal(t, 3, code)
		assert.Contains(t, said, "killed")
	})
}

// As in: ./prog --proctor-call count < in.json | head -1.
func TestNobodyReadsByHand(t *testing.T) {
	t.Parallel()
	cmd := cliCommandLine("tasks", "--proctor-call", "count")
	cmd.Stdin = strings.NewReader("2000000000")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	s := atTerminal(t, cmd)
	first := make([]byte, 2)
	_, err = io.ReadFull(out, first)
	require.NoError(t, err)
	assert.Equal(t, "0\n", string(first))
	require.NoError(t, out.Close())
	code, said := s.end()
	assert.Equal(t, 141, code)
	assert.Equal(t, "nobody wants more: true\n", said)
}

func TestNoRoomByHand(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close() //nolint:errcheck // nothing was written
	cmd := cliCommandLine("tasks", "--proctor-call", "square")
	cmd.Stdin, cmd.Stdout = strings.NewReader("3"), full
	code, said := atTerminal(t, cmd).end()
	assert.Equal(t, 3, code)
	assert.Contains(t, said, syscall.ENOSPC.Error())
}
