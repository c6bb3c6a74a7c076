package osproc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestStopLadder(t *testing.T) {
	t.Parallel()
	const grace, patience, last = time.Minute, 2 * time.Second, 5 * time.Second
	for name, tt := range map[string]struct {
		kind    StopKind
		grace   time.Duration
		signals bool
		want    []Rung
	}{
		"a worker":                               {StopWorker, grace, true, []Rung{{ActStop, grace}, {ActTerminate, patience}, {ActDump, patience}, {ActKill, last}}},
		"a worker that hangs":                    {StopHung, grace, true, []Rung{{ActTerminate, patience}, {ActDump, patience}, {ActKill, last}}},
		"a program":                              {StopProgram, grace, true, []Rung{{ActTerminate, grace}, {ActKill, last}}},
		"a program that has as long as it likes": {StopProgram, 0, true, []Rung{{ActTerminate, 0}, {ActKill, last}}},
		"a program that is not asked":            {StopProgram, -1, true, []Rung{{ActKill, last}}},
		"a program that may finish":              {StopFinish, grace, true, []Rung{{ActStop, grace}, {ActTerminate, patience}, {ActKill, last}}},
		"a guardian":                             {StopChannel, grace, true, []Rung{{ActStop, grace}, {ActKill, last}}},
		// Without signals nothing is waited for that nobody was asked to do.
		"a worker, no signals":                  {StopWorker, grace, false, []Rung{{ActStop, grace}, {ActKill, last}}},
		"a worker that hangs, no signals":       {StopHung, grace, false, []Rung{{ActKill, last}}},
		"a program, no signals":                 {StopProgram, grace, false, []Rung{{ActKill, last}}},
		"a program that may finish, no signals": {StopFinish, grace, false, []Rung{{ActStop, grace}, {ActKill, last}}},
		"a guardian, no signals":                {StopChannel, grace, false, []Rung{{ActStop, grace}, {ActKill, last}}},
	} {
		assert.Equal(t, tt.want, Ladder(tt.kind, tt.grace, tt.signals), name)
	}
}

func TestDescend(t *testing.T) {
	three := []Rung{{ActStop, time.Minute}, {ActTerminate, 2 * time.Second}, {ActKill, 5 * time.Second}}
	for name, tt := range map[string]struct {
		ladder       []Rung
		ended, hurry time.Duration // zero: before; negative: never
		want         Descent
		acts         []StopAct
		after        time.Duration
	}{
		"it has ended before":    {three, 0, -1, DescentEnded, nil, 0},
		"it ends when asked":     {three, time.Second, -1, DescentEnded, []StopAct{ActStop}, time.Second},
		"it ends on TERM":        {three, 61 * time.Second, -1, DescentEnded, []StopAct{ActStop, ActTerminate}, 61 * time.Second},
		"it takes a KILL":        {three, 63 * time.Second, -1, DescentEnded, three3(), 63 * time.Second},
		"not even KILL ends it":  {three, -1, -1, DescentLate, three3(), 67 * time.Second},
		"nobody waits any more":  {three, -1, time.Second, DescentCut, []StopAct{ActStop}, time.Second},
		"nobody waited":          {three, -1, 0, DescentCut, []StopAct{ActStop}, 0},
		"it may take its time":   {[]Rung{{ActTerminate, 0}, {ActKill, 1}}, time.Hour, -1, DescentEnded, []StopAct{ActTerminate}, time.Hour},
		"there is nothing to do": {nil, -1, -1, DescentLate, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var acts []StopAct
				began := time.Now()
				got := Descend(tt.ladder, func(r Rung) time.Duration {
					acts = append(acts, r.Act)
					return r.Wait
				}, closedAfter(tt.ended), closedAfter(tt.hurry))
				assert.Equal(t, tt.want, got)
				assert.Equal(t, tt.acts, acts)
				assert.Equal(t, tt.after, time.Since(began), "of the bubble's clock")
			})
		})
	}
}

func three3() []StopAct { return []StopAct{ActStop, ActTerminate, ActKill} }

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
