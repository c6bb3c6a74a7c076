package control_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// puppetTree is a tree of a test.
type puppetTree struct {
	board   *output.Board
	calls   chan string
	stops   chan struct{} // what Stop waits for, unless its client goes
	gone    chan struct{} // closed when a waiting Stop was given up
	left    chan struct{} // filled when a sequence of events was left
	endless bool
}

func newTree() *puppetTree {
	return &puppetTree{
		board: output.New(discard{}, discard{}, output.Colors{}),
		calls: make(chan string, 100), stops: make(chan struct{}), gone: make(chan struct{}),
		left: make(chan struct{}, 100),
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func (p *puppetTree) Status(context.Context) (control.Node, error) {
	return control.Node{ID: "top", Type: "supervisor", State: "running", Children: []control.Node{{ID: "a", Path: "a", PID: 7}}}, nil
}

func (p *puppetTree) Stop(ctx context.Context, path string) error {
	p.calls <- "stop " + path
	select {
	case <-p.stops:
		return nil
	case <-ctx.Done():
		close(p.gone)
		return ctx.Err()
	}
}

func (p *puppetTree) Start(_ context.Context, path string) error {
	p.calls <- "start " + path
	return &control.Error{Code: control.CodeConflict, Message: "it runs"}
}

func (p *puppetTree) Restart(_ context.Context, path string) error {
	p.calls <- "restart " + path
	return errors.New("the disk is full")
}

func (p *puppetTree) Reload(context.Context) (control.Changes, error) {
	p.calls <- "reload"
	return control.Changes{Added: []string{"a"}}, nil
}

func (p *puppetTree) Signal(_ context.Context, path string, sig os.Signal, group bool) error {
	p.calls <- fmt.Sprint("signal ", path, " ", sig, " ", group)
	return nil
}

func (p *puppetTree) Find(_ context.Context, path string) (string, error) {
	if path != "a" {
		return "", &control.Error{Code: control.CodeNotFound, Message: "no child " + path}
	}
	return path, nil
}

func (p *puppetTree) Events(ctx context.Context, last int, follow bool) iter.Seq[control.Event] {
	return func(yield func(control.Event) bool) {
		defer func() { p.left <- struct{}{} }()
		for i := 0; ctx.Err() == nil && (p.endless && follow || i < 3 && follow || i < last); i++ {
			if !yield(control.Event{Kind: "started", Child: "a", Used: i, Text: strings.Repeat("x", 1000)}) {
				return
			}
		}
	}
}

func (p *puppetTree) Board() *output.Board { return p.board }

// serve serves the tree at an address of the test.
func serve(t *testing.T, p *puppetTree, limits control.Limits) string {
	t.Helper()
	address := addressFor(t)
	l, err := control.Listen(address)
	require.NoError(t, err)
	s := control.Serve([]net.Listener{l}, p, limits)
	t.Cleanup(func() { s.Close(nil) })
	return address
}

// ask returns all replies.
func ask(t *testing.T, address string, req control.Request) (all []control.Reply, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // instead of a hang
	defer cancel()
	err = control.Ask(ctx, []string{address}, req, func(r control.Reply) error {
		all = append(all, r)
		return nil
	})
	return all, err
}

func TestAsk(t *testing.T) {
	p := newTree()
	close(p.stops)
	address := serve(t, p, control.Limits{})
	got, err := ask(t, address, control.Request{Op: control.OpStatus})
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, 7, got[0].Tree.Children[0].PID)

	_, err = ask(t, address, control.Request{Op: control.OpStop, Path: "a/b"})
	require.NoError(t, err)
	assert.Equal(t, "stop a/b", <-p.calls)

	var told *control.Error
	_, err = ask(t, address, control.Request{Op: control.OpStart, Path: "a"})
	require.ErrorAs(t, err, &told)
	assert.Equal(t, control.CodeConflict, told.Code)
	_, err = ask(t, address, control.Request{Op: control.OpRestart, Path: "a"})
	require.ErrorAs(t, err, &told)
	assert.Equal(t, control.Error{Code: control.CodeFailed, Message: "the disk is full"}, *told)
	_, err = ask(t, address, control.Request{Op: "explode"})
	require.ErrorAs(t, err, &told)
	assert.Equal(t, control.CodeBadRequest, told.Code)

	got, err = ask(t, address, control.Request{Op: control.OpReload})
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, got[0].Changes.Added)

	got, err = ask(t, address, control.Request{Op: control.OpEvents})
	require.NoError(t, err)
	require.Len(t, got, 4)
	assert.Equal(t, 2, got[2].Event.Used)
	assert.True(t, got[3].End)
	got, err = ask(t, address, control.Request{Op: control.OpEvents, Lines: 2, Once: true})
	require.NoError(t, err)
	assert.Len(t, got, 3)
}

// Whoever asks for the end of the whole tree is told of it when it has come, and the
// address is free by then.
func TestStopOfTheWholeTree(t *testing.T) {
	for _, outcome := range []error{nil, errors.New("it was killed")} {
		p := newTree()
		close(p.stops)
		address := addressFor(t)
		l, err := control.Listen(address)
		require.NoError(t, err)
		s := control.Serve([]net.Listener{l}, p, control.Limits{})
		over := make(chan error, 2)
		for range 2 {
			go func() {
				over <- control.Ask(t.Context(), []string{address}, control.Request{Op: control.OpStop}, func(control.Reply) error { return nil })
			}()
			assert.Equal(t, "stop ", <-p.calls)
		}
		assert.Empty(t, over)
		closed := make(chan struct{})
		go func() { s.Close(outcome); close(closed) }()
		for range 2 {
			err := <-over
			next, taken := control.Listen(address)
			require.NoError(t, taken)
			require.NoError(t, next.Close())
			if outcome == nil {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, outcome.Error())
			}
		}
		<-closed
	}
}

func TestLogs(t *testing.T) {
	p := newTree()
	address := serve(t, p, control.Limits{})
	w := p.board.Source("a").Stdout()
	_, _ = w.Write([]byte("one\ntwo\nthree\n"))
	got, err := ask(t, address, control.Request{Op: control.OpLogs, Path: "a", Lines: 2})
	require.NoError(t, err)
	require.Len(t, got, 3)
	assert.Equal(t, "two", got[0].Line.Text)
	_, err = ask(t, address, control.Request{Op: control.OpLogs, Path: "b"})
	var told *control.Error
	require.ErrorAs(t, err, &told)
	assert.Equal(t, control.CodeNotFound, told.Code)

	ctx, cancel := context.WithCancel(t.Context())
	var lines []string
	err = control.Ask(ctx, []string{address}, control.Request{Op: control.OpLogs, Lines: 1, Follow: true}, func(r control.Reply) error {
		lines = append(lines, r.Line.Text)
		if len(lines) == 1 {
			_, _ = w.Write([]byte("four\n"))
		} else {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"three", "four"}, lines)
}

// Guarantee(proctor): When a client of a running tree goes away, its waiting request goes with it.
func TestClientThatGoes(t *testing.T) {
	p := newTree()
	address := serve(t, p, control.Limits{})
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() {
		over <- control.Ask(ctx, []string{address}, control.Request{Op: control.OpStop, Path: "a"}, func(control.Reply) error { return nil })
	}()
	assert.Equal(t, "stop a", <-p.calls)
	cancel()
	require.ErrorIs(t, <-over, context.Canceled)
	<-p.gone
}

// Guarantee(hostile): A hostile client of a running tree cannot keep it from serving others.
func TestHostileClients(t *testing.T) {
	p := newTree()
	p.endless = true
	address := serve(t, p, control.Limits{Request: 50 * time.Millisecond, Write: 50 * time.Millisecond})
	dial := func() net.Conn {
		conn, err := control.Dial(t.Context(), address)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	first := func(conn net.Conn) string {
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		return line
	}
	t.Run("says nothing", func(t *testing.T) {
		assert.Contains(t, first(dial()), "bad_request")
	})
	t.Run("never ends its line", func(t *testing.T) {
		conn := dial()
		go func() {
			for {
				if _, err := conn.Write([]byte(strings.Repeat("x", 4096))); err != nil {
					return
				}
			}
		}()
		assert.Contains(t, first(conn), "bad_request")
	})
	t.Run("says nonsense", func(t *testing.T) {
		conn := dial()
		_, _ = conn.Write([]byte("\x00\xff{{{\n"))
		assert.Contains(t, first(conn), "bad_request")
	})
	t.Run("speaks another version", func(t *testing.T) {
		conn := dial()
		_, _ = conn.Write([]byte(`{"version":2,"op":"ps","more":{}}` + "\n"))
		assert.Contains(t, first(conn), `"code":"version"`)
	})
	t.Run("does not read", func(t *testing.T) {
		conn := dial()
		_, _ = conn.Write([]byte(`{"version":1,"op":"events"}` + "\n"))
		_, err := ask(t, address, control.Request{Op: control.OpStatus})
		require.NoError(t, err)
		<-p.left // it is ended although it neither reads nor goes
		_, err = ask(t, address, control.Request{Op: control.OpStatus})
		require.NoError(t, err)
	})
}

// follow has n clients follow what is written, and returns when all are served,
// with what waits for their ends.
func follow(t *testing.T, p *puppetTree, address string, n int) (cancel func()) {
	t.Helper()
	_, _ = p.board.Source("a").Stdout().Write([]byte("one\n"))
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan struct{}, n)
	for range n {
		wg.Go(func() {
			_ = control.Ask(ctx, []string{address}, control.Request{Op: control.OpLogs, Lines: 1, Follow: true}, func(control.Reply) error {
				served <- struct{}{}
				return nil
			})
		})
	}
	for range n {
		<-served
	}
	return func() { stop(); wg.Wait() }
}

// Guarantee(hostile): A running tree serves a bounded number of clients at once, and tells the others so.
func TestTooManyClients(t *testing.T) {
	p := newTree()
	address := serve(t, p, control.Limits{Clients: 2})
	cancel := follow(t, p, address, 2)
	_, err := ask(t, address, control.Request{Op: control.OpStatus})
	var told *control.Error
	require.ErrorAs(t, err, &told)
	assert.Equal(t, control.CodeBusy, told.Code)
	cancel()
	require.Eventually(t, func() bool {
		_, err := ask(t, address, control.Request{Op: control.OpStatus})
		return err == nil
	}, time.Minute, time.Millisecond)
}

// Guarantee(hostile): However many clients say nothing, take nothing, or follow the events of a running tree, another one gets in.
func TestClientsThatKeepOthersOut(t *testing.T) {
	p := newTree()
	p.endless = true
	hour := control.Limits{Request: time.Hour, Write: time.Hour}
	dial := func(t *testing.T, address, request string) net.Conn {
		conn, err := control.Dial(t.Context(), address)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = conn.Write([]byte(request))
		require.NoError(t, err)
		return conn
	}
	t.Run("say nothing", func(t *testing.T) {
		address := serve(t, p, hour)
		var oldest net.Conn
		for i := range 300 {
			if conn := dial(t, address, ""); i == 0 {
				oldest = conn
			}
		}
		for range 3 {
			_, err := ask(t, address, control.Request{Op: control.OpStatus})
			require.NoError(t, err)
		}
		line, err := bufio.NewReader(oldest).ReadString('\n')
		require.NoError(t, err)
		assert.Contains(t, line, `"code":"busy"`)
	})
	t.Run("say half", func(t *testing.T) {
		address := serve(t, p, hour)
		for range 300 {
			dial(t, address, `{"version":1,"op":`)
		}
		_, err := ask(t, address, control.Request{Op: control.OpStatus})
		require.NoError(t, err)
	})
	t.Run("take nothing", func(t *testing.T) {
		address := serve(t, p, hour)
		for range 300 {
			dial(t, address, `{"version":1,"op":"events"}`+"\n")
		}
		require.Eventually(t, func() bool { // each has to be written to until nothing fits
			_, err := ask(t, address, control.Request{Op: control.OpStatus})
			return err == nil
		}, time.Minute, time.Millisecond)
	})
	t.Run("follow", func(t *testing.T) {
		address := serve(t, p, hour)
		defer follow(t, p, address, 24)()
		_, err := ask(t, address, control.Request{Op: control.OpLogs, Follow: true})
		var told *control.Error
		require.ErrorAs(t, err, &told)
		assert.Equal(t, control.CodeBusy, told.Code)
		_, err = ask(t, address, control.Request{Op: control.OpStatus})
		require.NoError(t, err)
	})
}

// What means two things, or is not written as it should be, is done in neither way.
func TestKeysAreExact(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"version":1,"op":"stop","path":"zz","PATH":""}`:                      `there is no field "PATH": write "path"`,
		`{"version":1,"op":"stop","path":"zz","path":""}`:                      `the key "path" is there twice: leave one out`,
		`{"version":1,"op":"stop","Path":"zz"}`:                                `there is no field "Path": write "path"`,
		`{"version":1,"op":"stop","p\u0061th":"","path":""}`:                   `the key "path" is there twice: leave one out`,
		`{"version":1,"op":"ps","op":"stop"}`:                                  `the key "op" is there twice: leave one out`,
		`{"version":1,"Version":1,"op":"ps"}`:                                  `there is no field "Version": write "version"`,
		`{"version":2,"version":1,"op":"ps"}`:                                  `the key "version" is there twice: leave one out`,
		`{"version":1,"op":"ps","more":{}}`:                                    `json: unknown field "more"`,
		`{"version":1,"op":"stop","path":null}`:                                `"path" is null: give it a value, or leave it out`,
		`{"version":1,"op":"signal","path":"a","signal":"TERM","group": null}`: `"group" is null: give it a value, or leave it out`,
	} {
		r, err := control.ParseRequest([]byte(line))
		var told *control.Error
		require.ErrorAs(t, err, &told, line)
		assert.Equal(t, control.Error{Code: control.CodeBadRequest, Message: "the request cannot be read: " + want}, *told, line)
		assert.Zero(t, r, line)
	}
	for _, line := range []string{`{"version":1,"end":true,"End":false}`, `{"version":1,"tree":{"id":"a","id":"b"}}`} {
		_, err := control.ParseReply([]byte(line))
		assert.ErrorContains(t, err, "the answer cannot be read", line)
	}
	_, err := control.ParseReply([]byte(fmt.Sprintf(`{"version":%d,"end":true,"later":{}}`, control.Version)))
	assert.NoError(t, err, "a later server says more")
}

func TestNobodyIsThere(t *testing.T) {
	_, err := ask(t, addressFor(t), control.Request{Op: control.OpStatus})
	assert.ErrorIs(t, err, control.ErrNobody)
}

func TestPlacesAreThoseOfTheFile(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	a, err := control.PlacesOf("shop.yaml")
	require.NoError(t, err)
	same, err := control.PlacesOf("./x/../shop.yaml")
	require.NoError(t, err)
	other, err := control.PlacesOf("x/shop.yaml")
	require.NoError(t, err)
	assert.Equal(t, a, same)
	assert.NotEqual(t, a.Name, other.Name)
	assert.NotEqual(t, a.File, other.File)
	assert.NotEqual(t, a.Name, a.File)
	assert.Contains(t, a.Name, "shop-")
	assert.Contains(t, a.File, "shop-")
}
