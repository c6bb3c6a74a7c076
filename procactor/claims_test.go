package procactor

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a worker says of itself is bounded by what its caller knows.
func TestAWorkersClaimsAreBounded(t *testing.T) {
	t.Parallel()
	c := newDispatcher(nil, "w", mailbox.Config{}, 2)
	s := &workerLife{hello: wire.Hello{Tasks: []wire.TaskInfo{{Name: "t", Concurrent: math.MaxUint32}}}}
	c.add(s)
	assert.Equal(t, 2*8, c.maxWidth(8))
	assert.Equal(t, 8, s.allowed("t", 8))

	for i := range wire.MaxTasks {
		s.hello.Tasks = append(s.hello.Tasks, wire.TaskInfo{Name: fmt.Sprint(i, strings.Repeat("x", wire.MaxName-4))})
	}
	s.life = &actor.Life{}
	var misfit *HandshakeError
	require.ErrorAs(t, s.serves(&request{info: wire.TaskInfo{Name: "none"}}), &misfit)
	assert.Less(t, len(misfit.Error()), 8<<10)
	assert.Contains(t, misfit.Has, "and 4081 more")
}
