package supervise

import (
	"testing"
	"testing/synctest"
)

func TestMachineGivesTheTracesOfOTP(t *testing.T) {
	for _, s := range otpScenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			compareTrace(t, s, simulate(t, s))
		})
	}
}

// Guarantee: Supervisors restart, count, stop and answer as those of Erlang/OTP do: 111 scenarios recorded there give the same trace here, line for line.
func TestSupervisorsGiveTheTracesOfOTP(t *testing.T) {
	for _, s := range otpScenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				compareTrace(t, s, runLive(t, s))
			})
		})
	}
}
