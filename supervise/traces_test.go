package supervise

import (
	"testing"
	"testing/synctest"
)

// Guarantee: Supervisors restart, count, stop and answer as those of Erlang/OTP do: on every recorded scenario the trace is the same, line for line.
func TestMachineGivesTheTracesOfOTP(t *testing.T) {
	for _, s := range otpScenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			compareTrace(t, s, simulate(t, s))
		})
	}
}

func TestSupervisorsGiveTheTracesOfOTP(t *testing.T) {
	for _, s := range otpScenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				compareTrace(t, s, runLive(t, s))
			})
		})
	}
}
