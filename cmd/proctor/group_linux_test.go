package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leaver is a program that leaves its process group for that of its parent,
// without a fork, if it is let; and which does not want to die with that.
const leaver = `#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
static void asked(int sig) { if (write(1, "asked\n", 6) == 6) _exit(0); }
int main(void) {
	setvbuf(stdout, 0, _IOLBF, 0);
	prctl(PR_SET_PDEATHSIG, 0);
	signal(SIGTERM, asked);
	int left = setpgid(0, getpgid(getppid()));
	printf("program %d %d\n", (int)getpid(), left);
	for (;;) pause();
}
`

// compiled returns the path of a C program, for which the test is skipped where
// there is no compiler.
func (p place) compiled(t *testing.T, name, source string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc is not there")
	}
	p.write(t, name+".c", source)
	out := filepath.Join(p.dir, name)
	said, err := exec.Command("gcc", "-o", out, out+".c").CombinedOutput()
	require.NoError(t, err, "%s", said)
	return out
}

// numberIn returns the number behind the word in a line.
func numberIn(t *testing.T, line, word string) int {
	t.Helper()
	found := regexp.MustCompile(word + ` (\d+)`).FindStringSubmatch(line)
	require.NotNil(t, found, line)
	n, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return n
}

// Guarantee(orphans): A program that tries to leave its process group for another is asked to end like any other, and does not outlive proctor run.
func TestProgramThatLeavesItsGroup(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]syscall.Signal{"asked": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.compiled(t, "leaver", leaver)
			file := p.write(t, "leaver.yaml", `
supervisor:
  children: [{id: leaver, command: [./leaver]}]
`)
			r := p.run(t, file)
			pid := numberIn(t, r.await(t, "program "), "program")
			t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
			r.signal(t, end)
			if end == syscall.SIGTERM {
				r.await(t, "asked")
			}
			r.end(t)
			requireGone(t, pid)
		})
	}
}

// A program that would read from the terminal of proctor run is told that it has
// none. As a group in the background of that terminal it would be stopped, and
// shown as running for ever.
func TestProgramAtTheTerminal(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "reader.yaml", `
supervisor:
  children:
    - id: reader
      command: [sh, -c, 'cat </dev/tty; echo "read: $?"; stty -F /dev/tty sane; echo "set: $?"; exec sleep 1000']
`)
	tty := newTerminal(t).slave
	r := p.runAs(t, func(cmd *exec.Cmd) {
		cmd.Stdin = tty
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	}, file)
	assert.Regexp(t, `read: [1-9]`, r.await(t, "read: "))
	assert.Regexp(t, `set: [1-9]`, r.await(t, "set: "))
	r.signal(t, syscall.SIGTERM)
	assert.Zero(t, r.end(t), r.text())
}
