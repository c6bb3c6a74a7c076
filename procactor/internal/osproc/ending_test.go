package osproc

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
	asked, killed := Stops{Asked: true, Why: why}, Stops{Killed: true, Why: why}
	both := Stops{Asked: true, Killed: true, Why: why}
	as := func(s Stops, m Motive) Stops { s.Motive = m; return s }
	for name, tt := range map[string]struct {
		facts Facts // reaped and up, but where the name says else
		want  Ending
		is    []error // that the why wraps, if it is more than want.why
	}{
		"it exits with 0":       {Facts{}, Ending{Death: DeathCounted}, nil},
		"it exits with 3":       {Facts{Code: 3}, Ending{Code: 3, Death: DeathCounted}, nil},
		"somebody kills it":     {Facts{Code: -1, Signal: os.Kill}, Ending{Code: -1, Signal: os.Kill, Death: DeathCounted}, nil},
		"its status is unknown": {Facts{StatusErr: noStatus}, Ending{Code: -1, Death: DeathCounted}, []error{noStatus}},
		"it is unfit":           {Facts{Code: ExitNotServed}, Ending{Code: ExitNotServed, Death: DeathCounted}, nil},

		"it is asked and ends by it":               {Facts{Code: -1, Signal: term, Stops: asked}, Ending{Code: -1, Signal: term, Ours: true, Why: why, Death: DeathOrdered}, nil},
		"it is asked and exits with 0":             {Facts{Stops: asked}, Ending{Ours: true, Why: why, Death: DeathOrdered}, nil},
		"it is asked and exits with 3":             {Facts{Code: 3, Stops: asked}, Ending{Code: 3, Ours: true, Why: why, Death: DeathOrdered}, nil},
		"it is asked, and its status is unknown":   {Facts{StatusErr: noStatus, Stops: asked}, Ending{Code: -1, Ours: true, Death: DeathOrdered}, []error{noStatus, why}},
		"it is killed":                             {Facts{Code: -1, Signal: os.Kill, Stops: killed}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathOrdered}, nil},
		"it is killed when it has exited with 3":   {Facts{Code: 3, Stops: killed}, Ending{Code: 3, Death: DeathCounted}, nil},
		"it is killed when it has exited with 0":   {Facts{Stops: killed}, Ending{Death: DeathCounted}, nil},
		"it is killed when another signal was it":  {Facts{Code: -1, Signal: syscall.SIGABRT, Stops: killed}, Ending{Code: -1, Signal: syscall.SIGABRT, Death: DeathCounted}, nil},
		"it is killed, and its status is unknown":  {Facts{StatusErr: noStatus, Stops: killed}, Ending{Code: -1, Ours: true, Forced: true, Death: DeathOrdered}, []error{noStatus, why}},
		"it is asked, then killed":                 {Facts{Code: -1, Signal: os.Kill, Stops: both}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathOrdered}, nil},
		"it is asked, and exits when it is killed": {Facts{Code: 3, Stops: both}, Ending{Code: 3, Ours: true, Forced: true, Why: why, Death: DeathOrdered}, nil},
		"it ends before it is asked":               {Facts{Code: 3, Stops: Stops{Why: why}}, Ending{Code: 3, Why: why, Death: DeathCounted}, nil},

		"it is silent":                             {Facts{Code: -1, Signal: os.Kill, Stops: as(killed, MotiveSilence)}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathSilent}, nil},
		"it is silent, since it has ended":         {Facts{Code: 3, Stops: as(killed, MotiveSilence)}, Ending{Code: 3, Death: DeathCounted}, nil},
		"it is silent, debugged":                   {Facts{Code: -1, Signal: os.Kill, Debugged: true, Stops: as(killed, MotiveSilence)}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathSilent}, nil},
		"it breaks the protocol":                   {Facts{Code: -1, Signal: os.Kill, Stops: as(killed, MotiveBreach)}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathBreach}, nil},
		"it breaks the protocol and has ended":     {Facts{Code: 3, Stops: as(killed, MotiveBreach)}, Ending{Code: 3, Death: DeathCounted}, nil},
		"it breaks the protocol, debugged":         {Facts{Code: -1, Signal: os.Kill, Debugged: true, Stops: as(killed, MotiveBreach)}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathBreach}, nil},
		"it breaks the protocol and is only asked": {Facts{Code: -1, Signal: term, Stops: as(asked, MotiveBreach)}, Ending{Code: -1, Signal: term, Ours: true, Why: why, Death: DeathBreach}, nil},

		"it is cut off":             {Facts{Code: -1, Signal: os.Kill, CutOff: cutOff}, Ending{Code: -1, Signal: os.Kill, Why: cutOff, Death: DeathOrphaned}, nil},
		"it is cut off, exits":      {Facts{Code: 124, CutOff: cutOff}, Ending{Code: 124, Why: cutOff, Death: DeathOrphaned}, nil},
		"it is cut off, and asked":  {Facts{Code: -1, Signal: os.Kill, CutOff: cutOff, Stops: asked}, Ending{Code: -1, Signal: os.Kill, Ours: true, Why: why, Death: DeathOrdered}, nil},
		"it is cut off, and killed": {Facts{Code: -1, Signal: os.Kill, CutOff: cutOff, Stops: killed}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathOrdered}, nil},
		"it is cut off, and to end": {Facts{Code: -1, Signal: os.Kill, CutOff: cutOff, Stops: Stops{Why: why}}, Ending{Code: -1, Signal: os.Kill, Why: why, Death: DeathCounted}, nil},
		"it is cut off, debugged":   {Facts{Code: -1, Signal: os.Kill, CutOff: cutOff, Debugged: true}, Ending{Code: -1, Signal: os.Kill, Why: cutOff, Death: DeathDebugged}, nil},
		"it exits with 3, debugged": {Facts{Code: 3, Debugged: true}, Ending{Code: 3, Death: DeathDebugged}, nil},
		"it is killed, debugged":    {Facts{Code: -1, Signal: os.Kill, Debugged: true, Stops: killed}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathDebugged}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.facts.Reaped, tt.facts.Up = true, true
			checkJudged(t, tt.facts, tt.want, tt.is)
		})
	}
	for name, tt := range map[string]struct {
		facts Facts // as they are
		want  Ending
		is    []error
	}{
		"it goes on":                   {Facts{Up: true, Stops: killed}, Ending{Code: -1, Ours: true, Forced: true, Death: DeathOrdered}, []error{ErrNotReaped, why}},
		"it goes on, silent":           {Facts{Up: true, Stops: as(killed, MotiveSilence)}, Ending{Code: -1, Ours: true, Forced: true, Death: DeathSilent}, []error{ErrNotReaped, why}},
		"it goes on, without a reason": {Facts{Up: true, Stops: Stops{Killed: true}}, Ending{Code: -1, Ours: true, Forced: true, Why: ErrNotReaped, Death: DeathOrdered}, nil},
		"it goes on, cut off":          {Facts{Up: true, CutOff: cutOff}, Ending{Code: -1, Why: ErrNotReaped, Death: DeathCounted}, nil},

		"it was never up, exits with 3":        {Facts{Reaped: true, Code: 3}, Ending{Code: 3, Death: DeathCounted}, nil},
		"it was never up, unfit":               {Facts{Reaped: true, Code: ExitNotServed}, Ending{Code: ExitNotServed, Death: DeathUnfit}, nil},
		"it was never up, unfit, debugged":     {Facts{Reaped: true, Code: ExitNotServed, Debugged: true}, Ending{Code: ExitNotServed, Death: DeathUnfit}, nil},
		"it was never up, unfit when killed":   {Facts{Reaped: true, Code: ExitNotServed, Stops: killed}, Ending{Code: ExitNotServed, Death: DeathUnfit}, nil},
		"it was never up, and is killed":       {Facts{Reaped: true, Code: -1, Signal: os.Kill, Stops: killed}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathOrdered}, nil},
		"it was never up, debugged, is killed": {Facts{Reaped: true, Code: -1, Signal: os.Kill, Debugged: true, Stops: killed}, Ending{Code: -1, Signal: os.Kill, Ours: true, Forced: true, Why: why, Death: DeathDebugged}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkJudged(t, tt.facts, tt.want, tt.is)
		})
	}
	assert.False(t, Ending{Signal: os.Kill}.Clean(), "whatever the code is")
}

// checkJudged judges; is are what the why wraps, if it is none of its own.
func checkJudged(t *testing.T, f Facts, want Ending, is []error) {
	t.Helper()
	got := Judge(f)
	for _, err := range is {
		assert.ErrorIs(t, got.Why, err)
	}
	if is != nil {
		got.Why = nil
	}
	assert.Equal(t, want, got)
	assert.Equal(t, want.Code == 0 && want.Signal == nil, got.Clean())
}

// The first reason counts, and what was done once was done.
func TestStopRecord(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	var r StopRecord
	assert.Equal(t, Stops{}, r.SoFar())
	r.NoteReason(first, MotiveSilence)
	assert.Equal(t, Stops{Why: first, Motive: MotiveSilence}, r.SoFar(), "nothing was done yet")
	r.NoteAsked(second, MotiveOrder)
	assert.Equal(t, Stops{Asked: true, Why: first, Motive: MotiveSilence}, r.SoFar())
	r.NoteKilled(second, MotiveOrder)
	r.NoteReason(second, MotiveOrder)
	assert.Equal(t, Stops{Asked: true, Killed: true, Why: first, Motive: MotiveSilence}, r.SoFar())
	var killed StopRecord
	killed.NoteKilled(second, MotiveBreach)
	assert.Equal(t, Stops{Killed: true, Why: second, Motive: MotiveBreach}, killed.SoFar())
}
