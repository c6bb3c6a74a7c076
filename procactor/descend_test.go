package procactor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDescend(t *testing.T) {
	three := []rung{{actStop, time.Minute}, {actTerminate, 2 * time.Second}, {actKill, 5 * time.Second}}
	for name, tt := range map[string]struct {
		ladder       []rung
		ended, hurry time.Duration // zero: before; negative: never
		want         descent
		acts         []stopAct
		after        time.Duration
	}{
		"it has ended before":    {three, 0, -1, descentEnded, nil, 0},
		"it ends when asked":     {three, time.Second, -1, descentEnded, []stopAct{actStop}, time.Second},
		"it ends on TERM":        {three, 61 * time.Second, -1, descentEnded, []stopAct{actStop, actTerminate}, 61 * time.Second},
		"it takes a KILL":        {three, 63 * time.Second, -1, descentEnded, three3(), 63 * time.Second},
		"not even KILL ends it":  {three, -1, -1, descentLate, three3(), 67 * time.Second},
		"nobody waits any more":  {three, -1, time.Second, descentCut, []stopAct{actStop}, time.Second},
		"nobody waited":          {three, -1, 0, descentCut, []stopAct{actStop}, 0},
		"it may take its time":   {[]rung{{actTerminate, 0}, {actKill, 1}}, time.Hour, -1, descentEnded, []stopAct{actTerminate}, time.Hour},
		"there is nothing to do": {nil, -1, -1, descentLate, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var acts []stopAct
				began := time.Now()
				got := descend(tt.ladder, func(r rung) time.Duration {
					acts = append(acts, r.act)
					return r.wait
				}, closedAfter(tt.ended), closedAfter(tt.hurry))
				assert.Equal(t, tt.want, got)
				assert.Equal(t, tt.acts, acts)
				assert.Equal(t, tt.after, time.Since(began), "of the bubble's clock")
			})
		})
	}
}

func three3() []stopAct { return []stopAct{actStop, actTerminate, actKill} }

// closedAfter returns what is closed after that long; nil: never.
func closedAfter(d time.Duration) <-chan struct{} {
	if d < 0 {
		return nil
	}
	c := make(chan struct{})
	if d == 0 {
		close(c)
	} else {
		time.AfterFunc(d, func() { close(c) })
	}
	return c
}
