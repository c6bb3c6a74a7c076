package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

func TestTree(t *testing.T) {
	f := parsed(t, `
supervisor:
  strategy: rest_for_one
  intensity: 0
  children:
    - {id: a, restart: transient, shutdown: 1s}
    - {id: b, command: [w, "${REDIS_PORT}"], ready: {frame: true}, pool: {}, after: [a]}
    - {id: s, supervisor: {auto_shutdown: any_significant, children: [{id: c, restart: temporary, significant: true}]}}
`)
	assert.Equal(t, policy.Node{
		ID: "top", Line: 3, Column: 3, Kind: policy.Supervisor, Strategy: supervise.RestForOne, Period: 5 * time.Second,
		Children: []policy.Node{
			{ID: "a", Path: "a", Line: 6, Column: 7, Restart: supervise.Transient, Shutdown: time.Second},
			{
				ID: "b", Path: "b", Line: 7, Column: 7, Kind: policy.Program, Command: []string{"w", "${REDIS_PORT}"},
				Ready: "frame", Pool: true, After: []string{"a"},
			},
			{
				ID: "s", Path: "s", Line: 8, Column: 7, Kind: policy.Supervisor, Intensity: 1, Period: 5 * time.Second,
				AutoShutdown: supervise.AnySignificant, Children: []policy.Node{
					{ID: "c", Path: "s/c", Line: 8, Column: 71, Restart: supervise.Temporary, Significant: true},
				},
			},
		},
	}, f.Tree())
	assert.Equal(t, "filled program supervisor", policy.Filled.String()+" "+policy.Program.String()+" "+policy.Supervisor.String())
}
