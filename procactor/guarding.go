package procactor

import (
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
)

// guarding is what the guard of a System has to know of this program.
func guarding() guardian.Config {
	return guardian.Config{
		HasMain:     func() bool { return ownDepth() >= 0 },
		WorkerGrace: 2 * serve.OrphanGrace,
		Env:         func(inherited []int) []string { return append(childEnv(nil), inheritedVariable(inherited)...) },
	}
}
