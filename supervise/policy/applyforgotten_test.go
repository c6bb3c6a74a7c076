package policy_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// Whoever is gone stays away as long as the file says the same of it, and is started
// at its place when that has changed in whatever way, also beneath it.
func TestApplyToForgottenChildren(t *testing.T) {
	const text = `
supervisor:
  strategy: rest_for_one
  children:
    - {id: a, command: [a]}
    - {id: t, restart: temporary, command: [t]}
    - {id: b, command: [b]}
    - id: s
      restart: temporary
      supervisor:
        children:
          - {id: x, command: [x]}
          - {id: n, supervisor: {children: [{id: y, command: [y]}]}}
    - {id: c, command: [c]}
`
	for name, tt := range map[string]struct {
		old, to string // replaced in the file
		does    string
	}{
		"nothing":                    {"", "", ""},
		"another child":              {"command: [c]", "command: [c], shutdown: 1s", ""},
		"the order":                  {"    - {id: a, command: [a]}\n    - {id: t, restart: temporary, command: [t]}\n", "    - {id: t, restart: temporary, command: [t]}\n    - {id: a, command: [a]}\n", ""},
		"what it runs":               {"[t]", "[t, 2]", "+t:t_2"},
		"how it is restarted":        {"id: t, restart: temporary,", "id: t,", "+t:t"},
		"how it is stopped":          {"id: t,", "id: t, shutdown: 1s,", "+t:t"},
		"its children":               {"[x]", "[x, 2]", "+s/x:x_2, +s/n/y:y"},
		"far beneath it":             {"command: [y]", "command: [y], shutdown: 1s", "+s/x:x, +s/n/y:y"},
		"its policy":                 {"      supervisor:\n", "      supervisor:\n        intensity: 7\n", "+s/x:x, +s/n/y:y"},
		"both":                       {"temporary", "transient", "+t:t, +s/x:x, +s/n/y:y"},
		"one that it does not touch": {"command: [b]", "command: [b, 2]", "-c:c, -b:b, +b:b_2, +c:c"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, text)
				require.NoError(t, r.top.TerminateChild(t.Context(), "t"))
				require.NoError(t, r.top.TerminateChild(t.Context(), "s"))
				synctest.Wait()
				r.Take()
				to := strings.ReplaceAll(text, tt.old, tt.to)
				if tt.old == "" {
					to = text
				}
				require.NoError(t, r.apply(t, to))
				assert.Equal(t, tt.does, r.Take())
				var ids []string
				now, err := r.top.Snapshot(t.Context())
				require.NoError(t, err)
				for _, c := range now.Children {
					ids = append(ids, c.ID)
				}
				want := "a t b s c"
				if !strings.Contains(tt.does, "+t") {
					want = strings.Replace(want, "t ", "", 1)
				}
				if !strings.Contains(tt.does, "+s/") {
					want = strings.Replace(want, "s ", "", 1)
				}
				assert.Equal(t, want, strings.Join(ids, " "))

				// It counts from then on, also for whoever is there again.
				require.NoError(t, r.apply(t, to))
				assert.Empty(t, r.Take())
			})
		})
	}
}

// One of those that does not start is told like others.
func TestApplyToAForgottenChildThatDoesNotStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const text = `supervisor: {children: [{id: t, restart: temporary, command: [t]}, {id: a, command: [a]}]}`
		r := running(t, text)
		require.NoError(t, r.top.TerminateChild(t.Context(), "t"))
		synctest.Wait()
		r.Take()
		var failed *actor.StartError
		require.ErrorAs(t, r.apply(t, strings.NewReplacer("[t]", "[fail]", "[a]", "[a, 2]").Replace(text)), &failed)
		assert.Equal(t, "top/t", failed.Name)
		assert.Equal(t, "-a:a, +a:a_2", r.Take())
	})
}
