//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ends runs the program, and calls over as soon as it has ended.
func (p place) ends(t *testing.T, over func(), args ...string) <-chan result {
	t.Helper()
	ended := make(chan result, 1)
	go func() {
		r := p.do(t, args...)
		over()
		ended <- r
	}()
	return ended
}

// Guarantee(proctor): proctor stop --all returns when the tree has ended; the next run can start at once.
func TestStopAllWaits(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.write(t, "slow.yaml", slow)
	r := p.run(t, file)
	pid := pidAfter(t, r.await(t, "| up"), "up")
	early := false
	stopped := p.ends(t, func() {
		_, err := os.Stat(filepath.Join(p.dir, "go"))
		early = err != nil || !isGone(pid)
	}, "stop", "--all")
	r.await(t, "asked")
	assert.Equal(t, "stopping", p.ps(t)["slow"].State)
	p.write(t, "go", "")
	assert.Equal(t, result{}, <-stopped)
	assert.False(t, early)
	again := p.run(t, file)
	again.await(t, "| up")
	assert.Zero(t, r.end(t))
}

func TestStopAllIsToldOfAKill(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "deaf.yaml", deaf))
	r.await(t, "| up")
	stopped := p.ends(t, func() {}, "stop", "--all")
	r.await(t, "asked")
	r.signal(t, syscall.SIGTERM)
	told := <-stopped
	assert.Equal(t, 1, told.code)
	assert.Equal(t, "proctor: a second signal came: what had not ended was killed\n", told.stderr)
	assert.Equal(t, 5, r.end(t))
}

func TestStopAllIsInterrupted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "slow.yaml", slow))
	r.await(t, "| up")
	client := p.command("stop", "--all")
	out, err := client.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, client.Start())
	r.await(t, "asked")
	require.NoError(t, client.Process.Signal(os.Interrupt))
	text := make([]byte, 1000)
	n, _ := out.Read(text)
	assert.Equal(t, "proctor: interrupted: the tree goes on stopping\n", string(text[:n]))
	assert.Error(t, client.Wait())
	assert.Equal(t, 1, client.ProcessState.ExitCode())
	p.write(t, "go", "")
	assert.Zero(t, r.end(t))
}
