package supervise_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

var rewriteBoot = flag.Bool("rewrite-boot", false, "write the traces in testdata/boot anew; commit only the changes that you understand")

// What a boot by BootRestart does, in virtual time and live; OTP has no such
// thing to compare with.
func TestBootGivesItsTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/boot/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			s, err := scenario.Parse(raw)
			require.NoError(t, err)
			virtual, err := scenario.Run(s)
			require.NoError(t, err)
			traced := strings.TrimSuffix(file, ".json") + ".jsonl"
			if *rewriteBoot {
				var text strings.Builder
				for _, l := range virtual {
					line, err := json.Marshal(l)
					require.NoError(t, err)
					text.Write(append(line, '\n'))
				}
				require.NoError(t, os.WriteFile(traced, []byte(text.String()), 0o600))
			}
			readScenario(t, file, traced).compare(t, virtual)
			require.NoError(t, scenario.Compare(virtual, runLive(t, s), s.Unordered), "live")
		})
	}
}
