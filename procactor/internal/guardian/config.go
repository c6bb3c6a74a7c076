package guardian

import "time"

// Config is what a guard has to know of the program whose children it guards.
type Config struct {
	HasMain     func() bool                    // whether this program has come to where it can be a guardian
	WorkerGrace time.Duration                  // how long a worker takes at most that sees to its own end
	Env         func(inherited []int) []string // the environment of a guardian that has these descriptors beside its own
}

// Kind is what kind of child a Slot is for.
type Kind uint8

// The kinds of children.
const (
	Self    Kind = iota // it certainly comes to Main, and there sees to its own end
	Program             // it may, or may be any program
	Command             // it is no worker: nothing is lost when it is killed at once
)
