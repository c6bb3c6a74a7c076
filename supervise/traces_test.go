package supervise

import "testing"

// Guarantee: Supervisors restart, count, stop and answer as Erlang/OTP's do: on every recorded scenario the trace is the same, line for line.
func TestMachineGivesTheTracesOfOTP(t *testing.T) {
	for _, s := range otpScenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			compareTrace(t, s, simulate(t, s))
		})
	}
}
