package logrelay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/internal/logrelay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// custom is a handler made of functions; those that are nil do the usual.
type custom struct {
	enabled   func() bool
	handle    func(slog.Record)
	withAttrs func() slog.Handler
	withGroup func() slog.Handler
}

func (c *custom) Enabled(context.Context, slog.Level) bool {
	return c.enabled == nil || c.enabled()
}

func (c *custom) Handle(_ context.Context, r slog.Record) error {
	if c.handle != nil {
		c.handle(r)
	}
	return nil
}

func (c *custom) WithAttrs([]slog.Attr) slog.Handler {
	if c.withAttrs != nil {
		return c.withAttrs()
	}
	return c
}

func (c *custom) WithGroup(string) slog.Handler {
	if c.withGroup != nil {
		return c.withGroup()
	}
	return c
}

// book is what has reached a handler.
type book struct {
	mu    sync.Mutex
	lines []string
}

func (b *book) note(r slog.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	b.lines = append(b.lines, line)
}

func (b *book) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := b.lines
	b.lines = nil
	return lines
}

func to(h slog.Handler) *logrelay.Relay {
	behind := slog.New(h)
	return logrelay.New(func() *slog.Logger { return behind })
}

func lost(n int, fault string) string {
	line := fmt.Sprintf("ERROR records of the log were lost: its handler was late or failed count=%d", n)
	if fault != "" {
		line += " reason=" + fault
	}
	return line
}

// What comes out is what the handler itself would have made of it.
func TestIsTheHandlerBehind(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return to(slog.NewJSONHandler(&out, nil)).Logger().Handler()
	}, func(t *testing.T) map[string]any {
		t.Helper()
		line := map[string]any{}
		require.NoError(t, json.Unmarshal(out.Bytes(), &line))
		return line
	})
}

// A record is there when the call that logs it returns, and those of many are
// all there, each once and in order of each.
func TestHandsOnAtOnceAndInOrder(t *testing.T) {
	var got book
	r := to(&custom{handle: got.note})
	var group sync.WaitGroup
	for who := range 8 {
		group.Go(func() {
			log := r.Logger().With("who", who)
			for n := range 200 {
				log.Info(fmt.Sprintf("%d:%03d", who, n))
			}
		})
	}
	group.Wait()
	lines := got.take()
	require.Len(t, lines, 8*200)
	next := map[string]int{}
	for _, line := range lines {
		who, n, _ := strings.Cut(strings.TrimPrefix(line, "INFO "), ":")
		assert.Equal(t, fmt.Sprintf("%03d", next[who]), n)
		next[who]++
	}
}

// Whoever logs waits once for a handler that does not return; what fits into the
// room comes when it does, in order, and what does not is counted.
func TestLateHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got book
		goOn := make(chan struct{})
		r := to(&custom{handle: func(rec slog.Record) {
			<-goOn
			got.note(rec)
		}})
		log := r.Logger()
		begin := time.Now()
		log.Info("first")
		assert.Equal(t, logrelay.Patience, time.Since(begin))
		half := strings.Repeat("x", logrelay.Room/2)
		log.Info("second", "half", half)
		log.Debug("third") // enabled is asked of the handler, and it is
		log.Info("too large", "half", half)
		log.Info("too large", "half", half)
		assert.False(t, r.Flush(t.Context()))
		assert.Equal(t, logrelay.Patience+time.Second, time.Since(begin))
		close(goOn)
		assert.True(t, r.Flush(t.Context()))
		assert.Equal(t, []string{"INFO first", "INFO second half=" + half, "DEBUG third", lost(2, "")}, got.take())
		log.Info("again")
		assert.Equal(t, []string{"INFO again"}, got.take())
		assert.Equal(t, logrelay.Patience+time.Second, time.Since(begin), "nobody waits for one that works")
	})
}

// Flush waits as long as the handler gets on, but not past its context.
func TestFlushWaitsForWhoGetsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := to(&custom{handle: func(slog.Record) { time.Sleep(900 * time.Millisecond) }})
		begin := time.Now()
		for range 4 {
			r.Logger().Info("slow")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = begin.Add(logrelay.Patience)
		assert.False(t, r.Flush(ctx))
		assert.Equal(t, 1100*time.Millisecond, time.Since(begin))
		assert.True(t, r.Flush(t.Context()))
		assert.True(t, r.Flush(ctx), "nothing is left")
	})
}

// Whichever method panics or ends its goroutine costs the record, which is
// told by the next that succeeds.
func TestHandlerThatFails(t *testing.T) {
	faults := map[string]struct {
		fail func()
		told string
	}{
		"panic":  {func() { panic("of the handler") }, "panic: of the handler"},
		"Goexit": {runtime.Goexit, "the handler ended its goroutine"},
	}
	for name, fault := range faults {
		for _, method := range []string{"Enabled", "Handle", "WithAttrs", "WithGroup"} {
			t.Run(name+" in "+method, func(t *testing.T) {
				var got book
				fails := true
				fail := func() {
					if fails {
						fault.fail()
					}
				}
				c := &custom{handle: got.note}
				switch method {
				case "Enabled":
					c.enabled = func() bool { fail(); return true }
				case "Handle":
					c.handle = func(r slog.Record) { fail(); got.note(r) }
				case "WithAttrs":
					c.withAttrs = func() slog.Handler { fail(); return c }
				case "WithGroup":
					c.withGroup = func() slog.Handler { fail(); return c }
				}
				r := to(c)
				log := r.Logger().With("a", 1).WithGroup("g")
				log.Info("first")
				r.Flush(t.Context())
				fails = method != "Enabled" && method != "Handle" // the loss itself needs no group
				log.Info("second")
				r.Flush(t.Context())
				fails = false
				log.Info("third")
				assert.True(t, r.Flush(t.Context()))
				want := []string{lost(1, fault.told), "INFO third"}
				if method == "Enabled" || method == "Handle" {
					want = []string{"INFO second", lost(1, fault.told), "INFO third"}
				} else {
					want = append([]string{lost(1, fault.told)}, want...)
				}
				assert.Equal(t, want, got.take())
			})
		}
	}
}

// An Enabled that does not return is waited for once, and its record comes
// when it does.
func TestEnabledThatBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got book
		goOn := make(chan struct{})
		r := to(&custom{enabled: func() bool { <-goOn; return true }, handle: got.note})
		begin := time.Now()
		for range 100 {
			assert.True(t, r.Logger().Enabled(t.Context(), slog.LevelInfo))
		}
		r.Logger().Info("first")
		r.Logger().Info("second")
		assert.Equal(t, 2*logrelay.Patience, time.Since(begin))
		close(goOn)
		assert.True(t, r.Flush(t.Context()))
		assert.Equal(t, []string{"INFO first", "INFO second"}, got.take())
	})
}

// level is a Leveler of a user.
type level func() slog.Level

func (l level) Level() slog.Level { return l() }

// Handlers that are not there, or are only the outside of one, cost nothing
// but their records.
func TestOddHandlers(t *testing.T) {
	var none *custom
	var text *slog.TextHandler
	var out bytes.Buffer
	panics := level(func() slog.Level { panic("level") })
	for name, h := range map[string]slog.Handler{
		"nil pointer":            none,
		"nil pointer of slog":    text,
		"empty":                  &slog.JSONHandler{},
		"level panics":           slog.NewTextHandler(&out, &slog.HandlerOptions{Level: panics}),
		"many":                   slog.NewMultiHandler(&custom{enabled: func() bool { panic("one of them") }}),
		"makes nil of a group":   &custom{withGroup: func() slog.Handler { return nil }},
		"discards":               slog.DiscardHandler,
		"is of a zero *Logger's": (&slog.Logger{}).Handler(),
	} {
		t.Run(name, func(t *testing.T) {
			behind := &slog.Logger{}
			if h != nil {
				behind = slog.New(h)
			}
			r := logrelay.New(func() *slog.Logger { return behind })
			log := r.Logger().WithGroup("g")
			log.Info("first")
			log.Error("second")
			assert.True(t, r.Flush(t.Context()))
		})
	}
}

// The logger behind may change, and may be made of the relay's own.
func TestLoggerBehindChanges(t *testing.T) {
	var a, b book
	behind := slog.New(&custom{handle: a.note})
	r := logrelay.New(func() *slog.Logger { return behind })
	log := r.Logger().With("k", 1)
	log.Info("to a")
	behind = r.Logger() // as slog.SetDefault may do
	log.Info("to a still")
	behind = slog.New(&custom{handle: b.note})
	log.Info("to b")
	assert.True(t, r.Flush(t.Context()))
	assert.Equal(t, []string{"INFO to a", "INFO to a still"}, a.take())
	assert.Equal(t, []string{"INFO to b"}, b.take())

	var own *logrelay.Relay
	own = logrelay.New(func() *slog.Logger { return own.Logger() })
	own.Logger().Info("to nobody")
	assert.True(t, own.Flush(t.Context()))
}

// A record made of a user's values is written as log/slog writes it, also when
// their methods panic.
func TestValuesThatPanic(t *testing.T) {
	var out bytes.Buffer
	r := to(slog.NewTextHandler(&out, nil))
	r.Logger().Info("value", "v", valuer{})
	r.Logger().Info("error", "e", faulty{})
	r.Logger().Info("after")
	assert.True(t, r.Flush(t.Context()))
	assert.Equal(t, 3, strings.Count(out.String(), "\n"), "%s", out.String())
	assert.Contains(t, out.String(), "msg=after")
}

type valuer struct{}

func (valuer) LogValue() slog.Value { panic("value") }

type faulty struct{}

func (faulty) Error() string { panic("text") }

// Whoever is patient waits for as long as it takes, and takes no room.
func TestPatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got book
		goOn := make(chan struct{})
		r := to(&custom{handle: func(rec slog.Record) { <-goOn; got.note(rec) }})
		done := false
		go func() {
			logrelay.Patient(r.Logger(), make(chan struct{})).With("k", 1).Info(strings.Repeat("x", logrelay.Room+1))
			done = true
		}()
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.False(t, done)
		close(goOn)
		synctest.Wait()
		assert.True(t, done)
		assert.Len(t, got.take(), 1)
	})
	plain := slog.New(slog.DiscardHandler)
	assert.Same(t, plain, logrelay.Patient(plain, nil))
	assert.Nil(t, logrelay.Late(plain))
}

// Whoever has lost patience leaves its records, and they come in their order.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got book
		goOn, until := make(chan struct{}), make(chan struct{})
		r := to(&custom{handle: func(rec slog.Record) { <-goOn; got.note(rec) }})
		log := logrelay.Patient(r.Logger(), until)
		returned := make(chan struct{})
		go func() {
			log.Info("first")
			log.Info("second")
			log.Info(strings.Repeat("x", logrelay.Room))
			close(returned)
		}()
		late := logrelay.Late(log)
		synctest.Wait()
		begun := time.Now()
		<-late
		assert.Equal(t, logrelay.Patience, time.Since(begun))
		r.Logger().Info("of somebody else") // who does not wait: the handler is late
		close(until)
		<-returned
		close(goOn)
		require.True(t, r.Flush(t.Context()))
		assert.Equal(t, []string{"INFO first", "INFO of somebody else", "INFO second", lost(1, "")}, got.take())
		select {
		case <-logrelay.Late(log):
			assert.Fail(t, "it has caught up")
		default:
		}
	})
}

func BenchmarkDisabled(b *testing.B) {
	log := to(slog.DiscardHandler).Logger()
	for b.Loop() {
		log.Debug("nothing")
	}
}

func BenchmarkRecord(b *testing.B) {
	log := to(&custom{enabled: func() bool { return true }}).Logger()
	for b.Loop() {
		log.Info("something", "n", 1)
	}
}
