package procactor

import "time"

// guardConfig is what a guard has to know of the program whose children it guards.
type guardConfig struct {
	HasMain     func() bool                    // whether this program has come to where it can be a guardian
	WorkerGrace time.Duration                  // how long a worker takes at most that sees to its own end
	Env         func(inherited []int) []string // the environment of a guardian that has these descriptors beside its own
}
