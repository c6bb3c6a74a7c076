package procactor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait, so that a bug fails a test instead of hanging it.
// Nothing is measured by it.
const patience = 30 * time.Second

// strand is a puppet's input: where to report, as whom, and whether it heeds
// its context.
type strand struct {
	Line   string
	Key    string
	Ignore bool
}

// report is what a puppet says when it begins.
type report struct {
	Key         string
	Process     int
	Traceparent string
	CallKey     string
	Attempt     int
	HasDeadline bool
}

// obey reports to the test that it runs, and then does what it is told: "return
// TEXT", "panic TEXT", "exit N". When its context ends it says "canceled" and
// returns the context's cause.
func obey(ctx context.Context, s strand) (string, error) {
	conn, err := net.Dial("tcp", s.Line)
	if err != nil {
		return "", err
	}
	defer conn.Close() //nolint:errcheck // the test notices what is missing
	call := procactor.CallFrom(ctx)
	_, limited := ctx.Deadline()
	err = json.NewEncoder(conn).Encode(report{
		Key: s.Key, Process: os.Getpid(), Traceparent: call.Traceparent, CallKey: call.Key, Attempt: call.Attempt, HasDeadline: limited,
	})
	if err != nil {
		return "", err
	}
	orders := make(chan string, 1)
	go func() {
		order, _ := bufio.NewReader(conn).ReadString('\n')
		orders <- strings.TrimSpace(order)
	}()
	if s.Ignore {
		ctx = context.WithoutCancel(ctx)
	}
	select {
	case order := <-orders:
		return perform(order)
	case <-ctx.Done():
		_, _ = fmt.Fprintln(conn, "canceled")
		return "", context.Cause(ctx)
	}
}

func perform(order string) (string, error) {
	verb, arg, _ := strings.Cut(order, " ")
	switch verb {
	case "return":
		return arg, nil
	case "panic":
		panic(arg)
	case "exit":
		code, _ := strconv.Atoi(arg)
		os.Exit(code)
	}
	return "", errors.New("the test hung up: " + order)
}

// stage is where puppets report to their test.
type stage struct {
	ln      net.Listener
	entered chan *player
	ended   sync.WaitGroup
	mu      sync.Mutex // protects the following
	all     []*player
}

// player is one puppet that runs.
type player struct {
	report
	conn net.Conn
	in   *bufio.Reader
}

func newStage(t testing.TB) *stage {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &stage{ln: ln, entered: make(chan *player, 1024)}
	s.ended.Go(s.accept)
	t.Cleanup(func() {
		_ = ln.Close()
		s.ended.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, a := range s.all {
			_ = a.conn.Close()
		}
	})
	return s
}

func (s *stage) accept() {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return
		}
		a := &player{conn: conn, in: bufio.NewReader(conn)}
		s.mu.Lock()
		s.all = append(s.all, a)
		s.mu.Unlock()
		line, err := a.in.ReadBytes('\n')
		if err == nil && json.Unmarshal(line, &a.report) == nil {
			s.entered <- a
		}
	}
}

// part is the input of a puppet on this stage.
func (s *stage) part(key string) strand { return strand{Line: s.ln.Addr().String(), Key: key} }

// stubborn is a part that ignores its context.
func (s *stage) stubborn(key string) strand {
	return strand{Line: s.ln.Addr().String(), Key: key, Ignore: true}
}

// next waits for the next puppet to begin.
func (s *stage) next(t testing.TB) *player {
	t.Helper()
	return wait(t, "a puppet", s.entered)
}

// do has the puppet perform an order.
func (a *player) do(order string) { _, _ = fmt.Fprintln(a.conn, order) }

// canceled waits until the puppet saw its context end.
func (a *player) canceled(t testing.TB) {
	t.Helper()
	require.NoError(t, a.conn.SetReadDeadline(time.Now().Add(patience)))
	line, err := a.in.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "canceled\n", line)
}

// wait returns what comes on ch.
func wait[T any](t testing.TB, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		require.True(t, ok, "%s: the channel was closed", what)
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came", what)
		panic("not reached")
	}
}
