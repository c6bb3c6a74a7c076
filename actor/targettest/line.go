package targettest

import (
	"bufio"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait, so that a broken target fails a row instead of
// hanging it. Nothing is measured by it.
const patience = 30 * time.Second

// line is the test's end: it takes note of every handler that reports.
type line struct {
	ln      net.Listener
	arrived chan *visit
	ended   sync.WaitGroup

	mu     sync.Mutex // protects the following
	keys   []string   // in the order in which the handlers began
	visits []*visit
}

// visit is one handler that reported.
type visit struct {
	key  string
	conn net.Conn
	in   *bufio.Reader
}

// newLine listens until the test ends; handlers that still wait go on then.
func newLine(t *testing.T) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &line{ln: ln, arrived: make(chan *visit, 1024)}
	l.ended.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

func (l *line) addr() string { return l.ln.Addr().String() }

func (l *line) accept() {
	for {
		conn, err := l.ln.Accept()
		if err != nil {
			return
		}
		v := &visit{conn: conn, in: bufio.NewReader(conn)}
		key, err := v.in.ReadString('\n')
		if err != nil {
			_ = conn.Close()
			continue
		}
		v.key = strings.TrimSuffix(key, "\n")
		l.mu.Lock()
		l.keys = append(l.keys, v.key)
		l.visits = append(l.visits, v)
		l.mu.Unlock()
		_, _ = conn.Write([]byte{'!'})
		l.arrived <- v
	}
}

func (l *line) close() {
	_ = l.ln.Close()
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.visits {
		_ = v.conn.Close()
	}
}

// next waits for the next handler to begin.
func (l *line) next(t *testing.T) *visit {
	t.Helper()
	select {
	case v := <-l.arrived:
		return v
	case <-time.After(patience):
		t.Fatal("no handler has begun")
		return nil
	}
}

// begun returns the keys of all handlers so far, in order.
func (l *line) begun() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.keys...)
}

// runs returns how often a handler began under key.
func (l *line) runs(key string) int {
	n := 0
	for _, k := range l.begun() {
		if k == key {
			n++
		}
	}
	return n
}

// release lets the handler go on.
func (v *visit) release() { _, _ = v.conn.Write([]byte{'!'}) }

// report waits for what the handler tells next.
func (v *visit) report(t *testing.T) string {
	t.Helper()
	require.NoError(t, v.conn.SetReadDeadline(time.Now().Add(patience)))
	text, err := v.in.ReadString('\n')
	require.NoError(t, err, "the handler said nothing")
	return strings.TrimSuffix(text, "\n")
}

// sent asks an Emit how many items it has sent.
func (v *visit) sent(t *testing.T) int {
	t.Helper()
	v.release()
	n, err := strconv.Atoi(v.report(t))
	require.NoError(t, err)
	return n
}

// sentInAll waits for the end of an Emit.
func (v *visit) sentInAll(t *testing.T) int {
	t.Helper()
	for {
		if text, ok := strings.CutPrefix(v.report(t), reportSent); ok {
			n, err := strconv.Atoi(text)
			require.NoError(t, err)
			return n
		}
	}
}
