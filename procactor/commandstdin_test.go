package procactor_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// closer is a reader that counts how often it was closed.
type closer struct {
	io.Reader
	closed atomic.Int32
}

func (c *closer) Close() error {
	c.closed.Add(1)
	return nil
}

func TestCommandStdinOfAnySize(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	in := &closer{Reader: bytes.NewReader(bytes.Repeat([]byte("0123456789abcdef"), 1<<18))}
	cmd := tool(t, "cat")
	cmd.Stdin = in
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(bytes.Repeat([]byte("0123456789abcdef"), 1<<18), res.Stdout), "%d bytes came", len(res.Stdout))
	assert.EqualValues(t, 1, in.closed.Load())

	res, err = shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "cat")})
	require.NoError(t, err, "without one there is nothing to read")
	assert.Empty(t, res.Stdout)
}

// Guarantee(programs): A command that reads nothing of its standard input ends its call by ending, however much there would be to read.
func TestCommandThatNeverReadsItsStdin(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	in := &closer{Reader: endless{}}
	cmd := tool(t, "exit 0")
	cmd.Stdin = in
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Zero(t, res.ExitCode)
	require.Eventually(t, func() bool { return in.closed.Load() == 1 }, patience, time.Millisecond)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestCommandWhoseStdinReaderBlocks(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	// One that can be closed is.
	ctx, cancel := context.WithCancel(context.Background())
	in := blocked{ctx, cancel}
	cmd := tool(t, "exit 7")
	cmd.Stdin = in
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, 7, res.ExitCode)
	require.Eventually(t, func() bool { return in.Err() != nil }, patience, time.Millisecond)
}

// blocked is a reader that has nothing, and ends when it is closed.
type blocked struct {
	context.Context
	close context.CancelFunc
}

func (b blocked) Read([]byte) (int, error) {
	<-b.Done()
	return 0, os.ErrClosed
}

func (b blocked) Close() error {
	b.close()
	return nil
}

// A reader for standard input that neither ends nor can be closed is left behind, and the log says so.
func TestCommandWhoseStdinReaderIsLeftBehind(t *testing.T) {
	book := &journal{}
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(book, nil))))
	defer func() { require.NoError(t, sys.Close(context.Background())) }()
	p, err := procactor.StartCommands(t.Context(), sys, "w", commandsIn(t))
	require.NoError(t, err)
	r, w := io.Pipe()
	cmd := tool(t, "exit 7")
	cmd.Stdin = struct{ io.Reader }{r}
	res, err := shoot.On(p).Call(t.Context(), shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, 7, res.ExitCode)
	require.Eventually(t, func() bool { return strings.Contains(book.text(), "left behind") }, patience, time.Millisecond)
	require.NoError(t, w.Close())
}
