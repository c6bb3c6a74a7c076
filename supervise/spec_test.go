package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// OTP 20.
func TestSpecErrorsNameTheChildAndTheMend(t *testing.T) {
	good := ChildSpec{ID: "a", Start: startNothing}
	with := func(change func(*ChildSpec)) []ChildSpec {
		bad := ChildSpec{ID: "b", Start: startNothing}
		change(&bad)
		return []ChildSpec{good, bad}
	}
	tests := []struct {
		name string
		spec Spec
		want string
	}{
		{"strategy", Spec{Policy: Policy{Strategy: 9}}, `supervise: supervisor "top": Policy.Strategy is Strategy(9); use OneForOne, OneForAll, RestForOne or SimpleOneForOne`},
		{"intensity", Spec{Policy: Policy{Intensity: -2}}, `supervise: supervisor "top": Policy.Intensity is -2; use NoRestarts for none, 0 for the default, or a positive number`},
		{"period", Spec{Policy: Policy{Period: -1}}, `supervise: supervisor "top": Policy.Period is -1ns; use 0 for the default or a positive duration`},
		{"no id", Spec{Children: with(func(c *ChildSpec) { c.ID = "" })}, `supervise: supervisor "top": child "number 2": ID is empty; give the child a name`},
		{"path as id", Spec{Children: with(func(c *ChildSpec) { c.ID = "x/y" })}, `supervise: supervisor "top": child "x/y": ID holds '/' or '#', which separate paths; use other characters`},
		{"same id", Spec{Children: with(func(c *ChildSpec) { c.ID = "a" })}, `supervise: supervisor "top": child "a": ID is used twice; give each child its own id`},
		{"no start", Spec{Children: with(func(c *ChildSpec) { c.Start = nil })}, `supervise: supervisor "top": child "b": Start is nil; use Actor, Go or Child, or write a StartFunc`},
		{"restart", Spec{Children: with(func(c *ChildSpec) { c.Restart = 7 })}, `supervise: supervisor "top": child "b": Restart is Restart(7); use Permanent, Transient or Temporary`},
		{"type", Spec{Children: with(func(c *ChildSpec) { c.Type = 7 })}, `supervise: supervisor "top": child "b": Type is ChildType(7); use WorkerChild or SupervisorChild`},
		{"shutdown", Spec{Children: with(func(c *ChildSpec) { c.Shutdown = -time.Second })}, `supervise: supervisor "top": child "b": Shutdown is -1s; use BrutalKill, Infinity, 0 for the default, or a positive duration`},
		{"the first of two", Spec{Policy: Policy{Period: -1}, Children: with(func(c *ChildSpec) { c.ID = "" })}, `supervise: supervisor "top": Policy.Period is -1ns; use 0 for the default or a positive duration`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.spec.Name = "top"
			sys := actor.NewSystem()
			_, err := Start(t.Context(), sys, tt.spec)
			var start *actor.StartError
			require.ErrorAs(t, err, &start)
			var wrong *SpecError
			require.ErrorAs(t, err, &wrong)
			assert.EqualError(t, wrong, tt.want)
			_, there := sys.CellAt("top")
			assert.False(t, there, "nothing was started")
		})
	}
}

func TestIntensityErrorShowsTheLastDeaths(t *testing.T) {
	err := &IntensityError{Intensity: 4, Period: time.Minute}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		err.Deaths = append(err.Deaths, Death{Child: id, Reason: errCrash})
	}
	assert.EqualError(t, err, "gave up at death 5 within 1m0s (restarts allowed: 4): …; c: crash; d: crash; e: crash")
}

func TestNamesOfValues(t *testing.T) {
	assert.Equal(t, "rest_for_one", RestForOne.String())
	assert.Equal(t, "transient", Transient.String())
	assert.Equal(t, "worker", WorkerChild.String())
	assert.Equal(t, "restarting", Restarting.String())
	assert.Equal(t, "ChildState(9)", ChildState(9).String())
}
