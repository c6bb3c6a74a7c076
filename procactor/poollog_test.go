package procactor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/stretchr/testify/assert"
)

// messages keeps what records say, with their counts.
type messages struct {
	slog.Handler
	mu   sync.Mutex
	said []string
}

func (m *messages) Enabled(context.Context, slog.Level) bool { return true }

func (m *messages) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == record.KeyCount {
			text += fmt.Sprintf(" (%v)", a.Value)
		}
		return true
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said = append(m.said, text)
	return nil
}

func (m *messages) count(text string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, s := range m.said {
		if strings.HasPrefix(s, text) {
			n++
		}
	}
	return n
}

func TestPoolLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		said := &messages{Handler: slog.DiscardHandler}
		at := actor.NewSlot(actor.NewSystem(), "top/pool#1", func(actor.Down) {})
		l := newPoolLog(slog.New(recordtest.Checked(t, said)), "top/pool", time.Minute)
		stop, stopped := make(chan struct{}), make(chan struct{})
		work := make(chan func())
		go func() { // as a pool does
			defer close(stopped)
			for {
				select {
				case now := <-l.due():
					l.tick(now)
				case f := <-work:
					f()
				case <-stop:
					l.end(time.Now())
					return
				}
			}
		}()
		flood := func(n int) {
			work <- func() {
				for range n {
					l.ended(time.Now(), at, poolEvent{kind: placeDied, reason: errors.New("flood")})
					l.restarted(time.Now(), at, poolEvent{kind: placeDied}, poolAction{start: true, after: time.Second, budget: budgetUse{true, 1, 2}})
					l.restarted(time.Now(), at, poolEvent{kind: placeWanted}, poolAction{start: true})
				}
			}
			synctest.Wait()
		}
		flood(50)
		assert.Equal(t, 10, said.count("worker of a pool ended"))
		assert.Equal(t, 10, said.count("worker of a pool is restarted"))
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, 1, said.count("more workers of a pool ended (40)"), "though nothing followed")
		assert.Equal(t, 1, said.count("more workers of a pool are restarted (40)"))
		flood(15)
		assert.Equal(t, 20, said.count("worker of a pool ended"))
		work <- func() { l.ended(time.Now(), at, poolEvent{kind: placeHopeless, reason: errors.New("never")}) }
		synctest.Wait()
		assert.Equal(t, 1, said.count("worker of a pool can never be started"), "it can come once for each place")
		close(stop)
		<-stopped
		assert.Equal(t, 1, said.count("more workers of a pool ended (5)"), "at the end of the pool")
	})
}
