//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What children write is printed by run and by logs in the same way, cleaned, with
// the time when that is asked for, and also when its line has no end.
func TestOutputOfChildren(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, "--time", p.write(t, "odd.yaml", `
supervisor:
  children:
    - {id: forger, command: [sh, -c, 'printf "one\\rother | \\033[2Jforged\\n"; exec sleep 1000']}
    - {id: asker, command: [sh, -c, 'printf "Password: "; exec sleep 1000']}
    - {id: other, command: [sleep, '1000']}
`))
	const at = `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d) `
	assert.Regexp(t, at+`asker   \| Password: $`, r.await(t, "Password"))
	p.eventuallyRuns(t)
	assert.Contains(t, r.text(), `forger  | one\rother | \x1b[2Jforged`)
	assert.Equal(t, `forger | one\rother | \x1b[2Jforged`+"\n", p.good(t, "logs", "forger"))
	assert.Regexp(t, at+`asker \| Password: \n$`, p.good(t, "logs", "--time", "asker"))
	var line struct{ Text string }
	require.NoError(t, json.Unmarshal([]byte(p.good(t, "logs", "--json", "forger")), &line))
	assert.Equal(t, "one\rother | \x1b[2Jforged", line.Text)
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
	for _, line := range strings.Split(r.text(), "\n") {
		assert.Regexp(t, at, line, "also before what proctor says")
	}
}
