package policy_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/supervise"
)

// The instances of a template that is a supervisor change, too, each by the
// fewest restarts.
func TestApplyToInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const first = `
supervisor:
  strategy: simple_one_for_one
  children:
    - id: s
      supervisor:
        children:
          - {id: x, command: [x, 1]}
          - {id: y, command: [y, 1]}
          - {id: t, supervisor: {strategy: simple_one_for_one, children: [{id: u, supervisor: {children: [{id: z, command: [z, 1]}]}}]}}
`
		r := running(t, first)
		for range 2 {
			_, err := r.top.StartInstance(t.Context(), nil)
			require.NoError(t, err)
		}
		own := supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{supervise.Go("x", wait)}})
		_, err := r.top.StartInstance(t.Context(), own.Start)
		require.NoError(t, err)
		theirs, found := r.sys.PIDAt("top/s#3/x")
		require.True(t, found)
		_, err = r.at("s#2/t").StartInstance(t.Context(), nil)
		require.NoError(t, err)
		r.Take()
		second := strings.Replace(first, "[x, 1]", "[x, 2]", 1)
		require.NoError(t, r.apply(t, second))
		assert.Equal(t, "-s/x:x_1, +s/x:x_2, -s/x:x_1, +s/x:x_2", r.Take())
		require.NoError(t, r.apply(t, strings.Replace(second, "[z, 1]", "[z, 2]", 1)))
		assert.Equal(t, "-s/t/u/z:z_1, +s/t/u/z:z_2", r.Take())
		still, _ := r.sys.PIDAt("top/s#3/x")
		assert.Equal(t, theirs, still, "its start is its own")
		_, err = r.top.StartInstance(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, "+s/x:x_2, +s/y:y_1", r.Take())
	})
}
