package supervise_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// scenarioCount holds scenarios.list: no scenario goes without being missed.
const scenarioCount = 174

// recorded is a scenario and the trace that is right.
type recorded struct {
	*scenario.Scenario
	want scenario.Trace
}

// otpScenarios reads the scenarios that are listed, and holds the list against
// the folder.
func otpScenarios(t *testing.T) []recorded {
	list, err := os.ReadFile("testdata/otp/scenarios.list")
	require.NoError(t, err)
	names := strings.Fields(string(list))
	files, err := filepath.Glob("testdata/otp/scenarios/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(names), "scenarios.list names every scenario")
	require.Len(t, names, scenarioCount)
	all := make([]recorded, 0, len(names))
	for _, name := range names {
		all = append(all, readScenario(t, "testdata/otp/scenarios/"+name+".json", "testdata/otp/expected/"+name+".jsonl"))
	}
	return all
}

// foundScenarios reads those that were found to differ once, those that were
// written to notice a mistake that the others do not, and those on which OTP 25
// is wrong.
func foundScenarios(t *testing.T) []recorded {
	var all []recorded
	for _, dir := range []string{"testdata/otp/found", "testdata/otp/more", "testdata/otp/bugs"} {
		files, err := filepath.Glob(dir + "/*.json")
		require.NoError(t, err)
		for _, file := range files {
			all = append(all, readScenario(t, file, strings.TrimSuffix(file, ".json")+".jsonl"))
		}
	}
	require.NotEmpty(t, all)
	return all
}

func readScenario(t *testing.T, file, trace string) recorded {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	s, err := scenario.Parse(raw)
	require.NoError(t, err, file)
	require.Equal(t, strings.TrimSuffix(filepath.Base(file), ".json"), s.Name)
	raw, err = os.ReadFile(trace)
	require.NoError(t, err)
	want, err := scenario.ParseTrace(raw)
	require.NoError(t, err, trace)
	return recorded{s, want}
}

func (r recorded) compare(t *testing.T, got scenario.Trace) {
	t.Helper()
	require.NoError(t, scenario.Compare(r.want, got, r.Unordered))
}

func TestMachineGivesTheTracesOfOTP(t *testing.T) {
	for _, s := range append(otpScenarios(t), foundScenarios(t)...) {
		t.Run(s.Name, func(t *testing.T) {
			got, err := scenario.Run(s.Scenario)
			require.NoError(t, err)
			s.compare(t, got)
		})
	}
}
