package procactor

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	why, cutOff, noStatus := errors.New("why"), errors.New("cut off"), errors.New("no status")
	const term = syscall.SIGTERM
	asked, killed := stops{asked: true, why: why}, stops{killed: true, why: why}
	both := stops{asked: true, killed: true, why: why}
	as := func(s stops, m motive) stops { s.motive = m; return s }
	for name, tt := range map[string]struct {
		facts facts // reaped and up, but where the name says else
		want  ending
		is    []error // that the why wraps, if it is more than want.why
	}{
		"it exits with 0":       {facts{}, ending{death: deathCounted}, nil},
		"it exits with 3":       {facts{code: 3}, ending{code: 3, death: deathCounted}, nil},
		"somebody kills it":     {facts{code: -1, signal: os.Kill}, ending{code: -1, signal: os.Kill, death: deathCounted}, nil},
		"its status is unknown": {facts{statusErr: noStatus}, ending{code: -1, death: deathCounted}, []error{noStatus}},
		"it is unfit":           {facts{code: exitNotServed}, ending{code: exitNotServed, death: deathCounted}, nil},

		"it is asked and ends by it":               {facts{code: -1, signal: term, stops: asked}, ending{code: -1, signal: term, ours: true, why: why, death: deathOrdered}, nil},
		"it is asked and exits with 0":             {facts{stops: asked}, ending{ours: true, why: why, death: deathOrdered}, nil},
		"it is asked and exits with 3":             {facts{code: 3, stops: asked}, ending{code: 3, ours: true, why: why, death: deathOrdered}, nil},
		"it is asked, and its status is unknown":   {facts{statusErr: noStatus, stops: asked}, ending{code: -1, ours: true, death: deathOrdered}, []error{noStatus, why}},
		"it is killed":                             {facts{code: -1, signal: os.Kill, stops: killed}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathOrdered}, nil},
		"it is killed when it has exited with 3":   {facts{code: 3, stops: killed}, ending{code: 3, death: deathCounted}, nil},
		"it is killed when it has exited with 0":   {facts{stops: killed}, ending{death: deathCounted}, nil},
		"it is killed when another signal was it":  {facts{code: -1, signal: syscall.SIGABRT, stops: killed}, ending{code: -1, signal: syscall.SIGABRT, death: deathCounted}, nil},
		"it is killed, and its status is unknown":  {facts{statusErr: noStatus, stops: killed}, ending{code: -1, ours: true, forced: true, death: deathOrdered}, []error{noStatus, why}},
		"it is asked, then killed":                 {facts{code: -1, signal: os.Kill, stops: both}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathOrdered}, nil},
		"it is asked, and exits when it is killed": {facts{code: 3, stops: both}, ending{code: 3, ours: true, forced: true, why: why, death: deathOrdered}, nil},
		"it ends before it is asked":               {facts{code: 3, stops: stops{why: why}}, ending{code: 3, why: why, death: deathCounted}, nil},

		"it is silent":                             {facts{code: -1, signal: os.Kill, stops: as(killed, motiveSilence)}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathSilent}, nil},
		"it is silent, since it has ended":         {facts{code: 3, stops: as(killed, motiveSilence)}, ending{code: 3, death: deathCounted}, nil},
		"it is silent, debugged":                   {facts{code: -1, signal: os.Kill, debugged: true, stops: as(killed, motiveSilence)}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathSilent}, nil},
		"it breaks the protocol":                   {facts{code: -1, signal: os.Kill, stops: as(killed, motiveBreach)}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathBreach}, nil},
		"it breaks the protocol and has ended":     {facts{code: 3, stops: as(killed, motiveBreach)}, ending{code: 3, death: deathCounted}, nil},
		"it breaks the protocol, debugged":         {facts{code: -1, signal: os.Kill, debugged: true, stops: as(killed, motiveBreach)}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathBreach}, nil},
		"it breaks the protocol and is only asked": {facts{code: -1, signal: term, stops: as(asked, motiveBreach)}, ending{code: -1, signal: term, ours: true, why: why, death: deathBreach}, nil},

		"it is cut off":             {facts{code: -1, signal: os.Kill, cutOff: cutOff}, ending{code: -1, signal: os.Kill, why: cutOff, death: deathOrphaned}, nil},
		"it is cut off, exits":      {facts{code: 124, cutOff: cutOff}, ending{code: 124, why: cutOff, death: deathOrphaned}, nil},
		"it is cut off, and asked":  {facts{code: -1, signal: os.Kill, cutOff: cutOff, stops: asked}, ending{code: -1, signal: os.Kill, ours: true, why: why, death: deathOrdered}, nil},
		"it is cut off, and killed": {facts{code: -1, signal: os.Kill, cutOff: cutOff, stops: killed}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathOrdered}, nil},
		"it is cut off, and to end": {facts{code: -1, signal: os.Kill, cutOff: cutOff, stops: stops{why: why}}, ending{code: -1, signal: os.Kill, why: why, death: deathCounted}, nil},
		"it is cut off, debugged":   {facts{code: -1, signal: os.Kill, cutOff: cutOff, debugged: true}, ending{code: -1, signal: os.Kill, why: cutOff, death: deathDebugged}, nil},
		"it exits with 3, debugged": {facts{code: 3, debugged: true}, ending{code: 3, death: deathDebugged}, nil},
		"it is killed, debugged":    {facts{code: -1, signal: os.Kill, debugged: true, stops: killed}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathDebugged}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.facts.reaped, tt.facts.up = true, true
			checkJudged(t, tt.facts, tt.want, tt.is)
		})
	}
	for name, tt := range map[string]struct {
		facts facts // as they are
		want  ending
		is    []error
	}{
		"it goes on":                   {facts{up: true, stops: killed}, ending{code: -1, ours: true, forced: true, death: deathOrdered}, []error{errNotReaped, why}},
		"it goes on, silent":           {facts{up: true, stops: as(killed, motiveSilence)}, ending{code: -1, ours: true, forced: true, death: deathSilent}, []error{errNotReaped, why}},
		"it goes on, without a reason": {facts{up: true, stops: stops{killed: true}}, ending{code: -1, ours: true, forced: true, why: errNotReaped, death: deathOrdered}, nil},
		"it goes on, cut off":          {facts{up: true, cutOff: cutOff}, ending{code: -1, why: errNotReaped, death: deathCounted}, nil},

		"it was never up, exits with 3":        {facts{reaped: true, code: 3}, ending{code: 3, death: deathCounted}, nil},
		"it was never up, unfit":               {facts{reaped: true, code: exitNotServed}, ending{code: exitNotServed, death: deathUnfit}, nil},
		"it was never up, unfit, debugged":     {facts{reaped: true, code: exitNotServed, debugged: true}, ending{code: exitNotServed, death: deathUnfit}, nil},
		"it was never up, unfit when killed":   {facts{reaped: true, code: exitNotServed, stops: killed}, ending{code: exitNotServed, death: deathUnfit}, nil},
		"it was never up, and is killed":       {facts{reaped: true, code: -1, signal: os.Kill, stops: killed}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathOrdered}, nil},
		"it was never up, debugged, is killed": {facts{reaped: true, code: -1, signal: os.Kill, debugged: true, stops: killed}, ending{code: -1, signal: os.Kill, ours: true, forced: true, why: why, death: deathDebugged}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkJudged(t, tt.facts, tt.want, tt.is)
		})
	}
	assert.False(t, ending{signal: os.Kill}.clean(), "whatever the code is")
}

// checkJudged judges; is are what the why wraps, if it is none of its own.
func checkJudged(t *testing.T, f facts, want ending, is []error) {
	t.Helper()
	got := judge(f)
	for _, err := range is {
		assert.ErrorIs(t, got.why, err)
	}
	if is != nil {
		got.why = nil
	}
	assert.Equal(t, want, got)
	assert.Equal(t, want.code == 0 && want.signal == nil, got.clean())
}

// The first reason counts, and what was done once was done.
func TestStopRecord(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	var r stopRecord
	assert.Equal(t, stops{}, r.soFar())
	r.because(first, motiveSilence)
	assert.Equal(t, stops{why: first, motive: motiveSilence}, r.soFar(), "nothing was done yet")
	r.asks(second, motiveOrder)
	assert.Equal(t, stops{asked: true, why: first, motive: motiveSilence}, r.soFar())
	r.kills(second, motiveOrder)
	r.because(second, motiveOrder)
	assert.Equal(t, stops{asked: true, killed: true, why: first, motive: motiveSilence}, r.soFar())
	var killed stopRecord
	killed.kills(second, motiveBreach)
	assert.Equal(t, stops{killed: true, why: second, motive: motiveBreach}, killed.soFar())
}
