package procactortest

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait of the kit, so that a bug fails a row instead of
// hanging it. Nothing is measured by it.
const patience = 5 * time.Minute

// line is where villains and accomplices report. The end of a connection is
// the end of its process.
type line struct {
	listener net.Listener
	notes    chan string // what villains tell
	rest     sync.WaitGroup
	patience time.Duration

	mu      sync.Mutex // protects the following
	conns   []net.Conn // all, also of whoever has not said yet who it is
	closed  bool
	members []*member
}

// member is one process at the line.
type member struct {
	role string
	band string // the process of the villain
	conn net.Conn
	gone chan struct{} // closed at its end
}

func newLine(t *testing.T, patience time.Duration) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &line{listener: listener, notes: make(chan string, 64), patience: patience}
	l.rest.Go(l.accept)
	t.Cleanup(func() { l.close(t) })
	return l
}

func (l *line) addr() string { return l.listener.Addr().String() }

func (l *line) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		if l.admit(conn) {
			l.rest.Go(func() { l.serve(conn) })
		}
	}
}

// admit refuses who comes while the line is closed: a pool starts the next
// villain at any time.
func (l *line) admit(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = conn.Close()
		return false
	}
	l.conns = append(l.conns, conn)
	return true
}

func (l *line) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // it was read to its end
	words := bufio.NewScanner(conn)
	if !words.Scan() {
		return
	}
	role, band, _ := strings.Cut(words.Text(), " ")
	m := &member{role: role, band: band, conn: conn, gone: make(chan struct{})}
	defer close(m.gone)
	l.join(m)
	for words.Scan() {
		select {
		case l.notes <- words.Text():
		default: // a note that nobody waits for
		}
	}
}

// join tells a villain of each accomplice that it has, whoever came first.
func (l *line) join(m *member) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.members = append(l.members, m)
	for _, o := range l.members {
		switch {
		case o == m || o.band != m.band:
		case m.role == "villain":
			_, _ = fmt.Fprintln(m.conn, "here")
		case o.role == "villain":
			_, _ = fmt.Fprintln(o.conn, "here")
		}
	}
}

// firstBand returns the first villain's members of these roles.
func (l *line) firstBand(roles ...string) (found []*member) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.members {
		if m.band == l.members[0].band && slices.Contains(roles, m.role) {
			found = append(found, m)
		}
	}
	return found
}

// requireDead waits until the first villain and its accomplices have ended; one
// that was killed before it began is none.
func (l *line) requireDead(t *testing.T) {
	t.Helper()
	for _, m := range l.firstBand("villain", "accomplice") {
		await(t, l.patience, "the end of the "+m.role, m.gone)
	}
}

// firstEnd is closed at the end of the first villain; nil when none is there.
func (l *line) firstEnd() <-chan struct{} {
	for _, m := range l.firstBand("villain") {
		return m.gone
	}
	return nil
}

// heard waits until a villain tells that.
func (l *line) heard(t *testing.T, what string) {
	t.Helper()
	for await(t, l.patience, "a villain that says "+what, l.notes) != what {
		continue
	}
}

// close ends whoever is left.
func (l *line) close(t *testing.T) {
	_ = l.listener.Close()
	l.mu.Lock()
	l.closed = true
	for _, conn := range l.conns {
		_ = conn.Close()
	}
	l.mu.Unlock()
	ended := make(chan struct{})
	go func() { l.rest.Wait(); close(ended) }()
	await(t, patience, "the end of the line", ended)
}

// await returns what comes on ch, also its end.
func await[T any](t *testing.T, patience time.Duration, what string, ch <-chan T) T {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case v := <-ch:
		return v
	case <-limit.C:
		require.FailNow(t, "nothing came", what)
		var none T
		return none
	}
}
