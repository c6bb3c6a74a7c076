//go:build unix

package procactor_test

import (
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
)

// One worker process, this program by its name.
//
// Guarantee(memory): However much a worker writes, and whatever it is, its parent holds no more for it than a stated amount of memory, and nothing once it has ended.
func TestHostileCosts(t *testing.T) {
	all, lacks := slices.Sorted(maps.Keys(procactortest.HostileTricks())), map[string]string{}
	played := scale.Sample(t, 12, all)
	for _, name := range all {
		if !slices.Contains(played, name) {
			lacks[name] = "not in the sample of this run"
		}
	}
	maps.Copy(lacks, hostileLacks(t))
	procactortest.RunHostile(t, procactortest.HostileFixture{Bounds: true, Rounds: 2, Lacks: lacks})
}

// plain is a channel that is not the two pipes, so that nobody reads in the
// short way.
type plain struct{ io.ReadWriteCloser }

// Guarantee(hostile): A worker that speaks nonsense instead of the handshake is a typed error, and is killed with everything it started.
// Guarantee(hostile): A worker that breaks the protocol in a call fails that call with a typed error and is killed with everything it started; other workers do not notice.
// Guarantee(hostile): A worker that reads nothing, or never answers, cannot hold its caller beyond the caller's deadline.
func TestHostileChannel(t *testing.T) {
	t.Parallel()
	procactortest.RunHostile(t, procactortest.HostileFixture{Lacks: hostileLacks(t), Rounds: scale.Rounds(t, 1, 4), Worker: func() procactor.Worker {
		w := procactor.Self()
		w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser { return plain{rw} }
		return w
	}})
}
