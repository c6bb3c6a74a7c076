package output_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is a writer that notes each write.
type sink struct {
	mu     sync.Mutex
	writes []string
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(p))
	return len(p), nil
}

// take returns what was written since the last time.
func (s *sink) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.writes = nil }()
	return strings.Join(s.writes, "")
}

func TestPrefixesAreAligned(t *testing.T) {
	synctest.Test(t, prefixesAreAligned)
}

func prefixesAreAligned(t *testing.T) {
	var out, errs bytes.Buffer
	b := output.New(&out, &errs, output.Colors{})
	b.Names([]string{"web", "redis/cache"})
	web, redis := b.Source("web"), b.Source("redis/cache")
	_, _ = web.Stdout().Write([]byte("one\ntw"))
	_, _ = redis.Stdout().Write([]byte("hello\r\n"))
	_, _ = web.Stdout().Write([]byte("o\n"))
	_, _ = web.Stderr().Write([]byte("trouble\n"))
	assert.Equal(t, "web         | one\nredis/cache | hello\nweb         | two\n", out.String())
	assert.Equal(t, "web         | trouble\n", errs.String())
}

func TestColors(t *testing.T) {
	var out, errs bytes.Buffer
	b := output.New(&out, &errs, output.Colors{Stdout: true})
	_, _ = b.Source("a").Stdout().Write([]byte("x\n"))
	_, _ = b.Source("b").Stdout().Write([]byte("x\n"))
	_, _ = b.Source("b").Stderr().Write([]byte("x\n"))
	lines := strings.Split(out.String(), "\n")
	assert.Contains(t, lines[0], "\x1b[0mx")
	assert.NotEqual(t, lines[0][:5], lines[1][:5], "each has its own color")
	assert.Equal(t, "b | x\n", errs.String())
}

func TestLinesAreCutWhenTheyAreTooLong(t *testing.T) {
	var out sink
	b := output.New(&out, &out, output.Colors{})
	_, _ = b.Source("a").Stdout().Write([]byte(strings.Repeat("x", 40<<10) + "\n"))
	require.Len(t, out.writes, 3)
	total := 0
	for _, w := range out.writes {
		assert.LessOrEqual(t, len(w), 17<<10)
		total += strings.Count(w, "x")
	}
	assert.Equal(t, 40<<10, total, "nothing is lost")
}

func TestPartialLineIsFlushed(t *testing.T) {
	synctest.Test(t, partialLineIsFlushed)
}

func partialLineIsFlushed(t *testing.T) {
	var out bytes.Buffer
	b := output.New(&out, &out, output.Colors{})
	s := b.Source("a")
	_, _ = s.Stdout().Write([]byte("no end"))
	assert.Empty(t, out.String())
	s.Flush()
	s.Flush()
	assert.Equal(t, "a | no end\n", out.String())
}

func TestLinesOfManyDoNotMix(t *testing.T) {
	synctest.Test(t, linesOfManyDoNotMix)
}

func linesOfManyDoNotMix(t *testing.T) {
	var out sink
	b := output.New(&out, &out, output.Colors{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			w := b.Source(fmt.Sprint("c", i)).Stdout()
			for range 200 {
				_, _ = w.Write([]byte("half "))
				_, _ = w.Write([]byte("and half\n"))
			}
		})
	}
	wg.Wait()
	require.Len(t, out.writes, 1600)
	for _, w := range out.writes {
		assert.Regexp(t, `^c\d \| half and half\n$`, w)
	}
}

func TestTailIsBounded(t *testing.T) {
	b := output.New(&sink{}, &sink{}, output.Colors{})
	w := b.Source("a/b").Stdout()
	for i := range 3000 {
		_, _ = fmt.Fprintln(w, i)
	}
	_, _ = fmt.Fprintln(b.Source("ab").Stdout(), "other")
	got := b.Tail("a", 5000)
	require.Len(t, got, 1000)
	assert.Equal(t, "2999", got[999].Text)
	assert.Equal(t, "2999", b.Tail("a/b", 1)[0].Text)
	assert.Equal(t, "other", b.Tail("", 1)[0].Text)
	assert.Empty(t, b.Tail("nobody", 10))
	big := strings.Repeat("y", 10<<10)
	for range 100 {
		_, _ = fmt.Fprintln(w, big)
	}
	assert.Less(t, len(b.Tail("a", 5000)), 30, "bytes are bounded, too")
	for i := range 3000 {
		_, _ = fmt.Fprintln(b.Source(fmt.Sprint("pool#", i)).Stdout(), i)
	}
	assert.LessOrEqual(t, len(b.Tail("", 1<<20)), 1024, "and who is remembered")
}

func TestFollow(t *testing.T) {
	b := output.New(&sink{}, &sink{}, output.Colors{})
	w := b.Source("a").Stdout()
	_, _ = fmt.Fprintln(w, "before")
	tail, f := b.Follow("a", 10)
	require.Len(t, tail, 1)
	_, _ = fmt.Fprintln(b.Source("b").Stdout(), "another's")
	for i := range 2000 {
		_, _ = fmt.Fprintln(w, i)
	}
	<-f.Came()
	got := f.Take()
	require.Len(t, got, 1024, "who does not read is not waited for, and holds no more")
	assert.Equal(t, "0", got[0].Text)
	_, _ = fmt.Fprintln(w, "after")
	got = f.Take()
	require.Len(t, got, 1)
	assert.Equal(t, 2000-1024, got[0].Lost)
	f.Close()
	_, _ = fmt.Fprintln(w, "later")
	assert.Empty(t, f.Take())
}

// stuck is a writer that takes nothing until it is freed.
type stuck struct{ free chan struct{} }

func (s stuck) Write(p []byte) (int, error) { <-s.free; return len(p), nil }

func TestNotesWaitForNobody(t *testing.T) {
	s := stuck{make(chan struct{})}
	b := output.New(&sink{}, s, output.Colors{})
	n := b.Notes("proctor")
	for range 10000 {
		_, _ = n.Write([]byte("note\n"))
	}
	_, _ = fmt.Fprintln(b.Source("a").Stdout(), "goes on")
	require.Len(t, b.Tail("a", 1), 1)
	close(s.free)
	n.Drain(nil)
}

func TestFlushWaitsForNobody(*testing.T) {
	s := stuck{make(chan struct{})}
	source := output.New(s, s, output.Colors{}).Source("a")
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = source.Stdout().Write([]byte("whole\nhalf"))
	}()
	source.Flush() // there is nothing yet, or the half
	_, _ = fmt.Fprint(source.Stderr(), "half")
	source.Flush()
	close(s.free)
	<-written
	source.Flush()
}

// full is a disk that has no room at times.
type full struct{ room bool }

func (f *full) Write(p []byte) (int, error) {
	if f.room {
		return len(p), nil
	}
	return 0, syscall.ENOSPC
}

func TestLostLinesAreToldOnce(t *testing.T) {
	var disk full
	var errs bytes.Buffer
	b := output.New(&disk, &errs, output.Colors{})
	write := func() { _, _ = b.Source("a").Stdout().Write([]byte("x\n")) }
	write()
	write()
	assert.Equal(t, 1, strings.Count(errs.String(), "stdout is lost: "+syscall.ENOSPC.Error()))
	disk.room = true
	write()
	disk.room = false
	write()
	assert.Equal(t, 2, strings.Count(errs.String(), "is lost"), "again, after it went well")
	assert.Len(t, b.Tail("a", 10), 4, "they are kept")
}
