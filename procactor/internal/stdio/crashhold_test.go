package stdio

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestCrashHold(t *testing.T) {
	t.Parallel()
	const crash = "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1d"
	const overflow = "runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0xc0 stack=[0xc0, 0xe0]\nfatal error: stack overflow"
	type step struct {
		after time.Duration
		lines string
	}
	for name, test := range map[string]struct {
		steps   []step
		crashed bool
		want    string
	}{
		"no crash":                          {[]step{{0, "a\nb"}}, false, "a\nb"},
		"a crash":                           {[]step{{0, "a\n" + crash}}, true, "a"},
		"a crash by a signal":               {[]step{{0, "SIGSEGV: segmentation violation\nPC=0x47 m=0 sigcode=0\n\ngoroutine 0\nrax 0x0"}}, true, ""},
		"a fatal error and its lead":        {[]step{{0, "runtime: out of memory: cannot allocate\nfatal error: out of memory\n\ngoroutine 1"}}, true, ""},
		"of cgo":                            {[]step{{0, "runtime/cgo: pthread_create failed\nSIGABRT: abort\nPC=0x1"}}, true, ""},
		"a text like one, and an end":       {[]step{{0, crash}}, false, crash},
		"a text like one, and a life":       {[]step{{0, "panic: no\nb"}, {holdQuiet, "c"}}, false, "panic: no\nb\nc"},
		"slowly":                            {[]step{{0, "panic: no"}, {holdQuiet - 1, "b"}, {holdQuiet - 1, "c"}}, true, ""},
		"for too long":                      {[]step{{0, "panic: no"}, {holdQuiet - 1, "b"}, {holdQuiet - 1, "c"}, {holdQuiet - 1, "d"}, {holdQuiet - 1, "e"}, {holdQuiet - 1, "f"}, {holdQuiet - 1, "g"}}, true, "panic: no\nb\nc\nd\ne\nf\ng"},
		"a stack overflow, walked for long": {[]step{{0, overflow}, {holdDeep - 1, "...9586950 frames elided...\nmain.main()"}}, true, ""},
		"a text like a stack overflow":      {[]step{{0, overflow}, {holdDeep, "c"}}, false, overflow + "\nc"},
		"one after a text like one":         {[]step{{0, "panic: no"}, {holdMost, crash}}, true, "panic: no"},
		"words that begin like signals":     {[]step{{0, "SIGNED: off by one\nSIGN the paper: please\nSIG"}}, true, "SIGNED: off by one\nSIGN the paper: please\nSIG"},
		"a line that only has it":           {[]step{{0, "http: panic serving: boom\n panic: x"}}, true, "http: panic serving: boom\n panic: x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "words") {
				test.crashed = false // what is kept back is logged then: only the order is looked at
			}
			var h crashHold
			var got []string
			now := time.Unix(0, 0)
			for _, s := range test.steps {
				now = now.Add(s.after)
				lines, dropped := h.expire(now)
				assert.Zero(t, dropped)
				got = append(got, lines...)
				for line := range strings.SplitSeq(s.lines, "\n") {
					got = append(got, h.take(now, line)...)
				}
			}
			lines, dropped := h.end(test.crashed)
			assert.Zero(t, dropped)
			assert.Equal(t, test.want, strings.Join(append(got, lines...), "\n"))
			assert.Zero(t, h)
		})
	}
}

func TestCrashHoldIsBounded(t *testing.T) {
	t.Parallel()
	var h crashHold
	now := time.Unix(0, 0)
	sent := 0
	line := strings.Repeat("x", 100)
	assert.Empty(t, h.take(now, "panic: no"))
	for range 2 * holdLines / len(line) {
		assert.Empty(t, h.take(now, line))
		sent += len(line) + 1
	}
	lines, dropped := h.expire(now.Add(holdMost))
	kept := 0
	for _, line := range lines[1:] {
		kept += len(line) + 1
	}
	assert.LessOrEqual(t, kept, holdLines)
	assert.Equal(t, sent, kept+dropped, "nothing vanishes without being counted")
}

// TestTextLikeACrashIsLogged: when the program goes on living, without its doing
// or ours.
func TestTextLikeACrashIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNotes()
		close(n.proceed)
		l := NewLogLines(slog.New(n), Stderr, workerKinds())
		_, _ = l.Write([]byte("panic: of another\nmore\n"))
		synctest.Wait()
		assert.Empty(t, n.taken())
		time.Sleep(holdQuiet)
		synctest.Wait()
		assert.Equal(t, []string{"panic: of another", "more"}, n.taken())
		_, _ = l.Write([]byte("panic: again\n"))
		l.Close(t.Context().Done())
		assert.Equal(t, []string{"panic: of another", "more", "panic: again"}, n.taken())
	})
}

// TestDroppedLinesAreToldOnceASecond: and all of them, also when nothing
// follows.
func TestDroppedLinesAreToldOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNotes()
		close(n.proceed)
		l := NewLogLines(slog.New(n), Stdout, workerKinds())
		for range 50 { // 5 seconds
			l.queue.Add(logItem{}, logWindow+1, 10) // there is no room for it
			synctest.Wait()
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		assert.LessOrEqual(t, n.told, 6)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, int64(500), n.lost)
		l.queue.Add(logItem{}, logWindow+1, 10)
		l.queue.Add(logItem{}, logWindow+1, 10)
		l.Close(t.Context().Done())
		assert.Equal(t, int64(520), n.lost, "at the end at once")
	})
}
