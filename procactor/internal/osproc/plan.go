package osproc

// Plan is a process that is to be started: everything decided, nothing done.
type Plan struct {
	Path string   // of the program; see FindProgram
	Args []string // with its name as the first, as in exec.Cmd
	Env  []string // all of it; see CleanEnv
	Dir  string   // where it runs; empty: where this process does

	Keeper Keeper  // who guards it; nil: nobody
	Family *Family // whose it is, when nobody guards it; nil: nobody's
}

// guardedBy returns who is told of the process; never nil.
func (p Plan) guardedBy() Keeper {
	if p.Keeper == nil {
		return nobody{p.Family}
	}
	return p.Keeper
}

// Keeper sees to it that a process does not outlive this one. It is told of all
// that becomes of the process, from before its start until it was reaped. Its
// methods are called from several goroutines. On Windows nobody is told: there a
// job object does all of it.
type Keeper interface {
	// Family returns what the processes of the same owner share; nil: nothing.
	Family() *Family
	// DiesWithParent reports whether the kernel is to kill the process when the thread
	// that has started it ends, which Spawn then sees to.
	DiesWithParent() bool
	// Spawn calls start, which starts the process, and returns when it did.
	Spawn(start func())
	// Started is called when it was started, and before anybody can have reaped it.
	Started(pid int)
	// Ended is called when it has ended and its group was killed, but before it is
	// reaped: afterwards the number may be a stranger's.
	Ended(pid int)
	// Release is called when it was reaped. Whoever plans a process calls it when
	// none came of it.
	Release()
}

// nobody is the keeper of a process that nobody guards.
type nobody struct{ family *Family }

func (n nobody) Family() *Family    { return n.family }
func (nobody) DiesWithParent() bool { return false }
func (nobody) Spawn(start func())   { start() }
func (nobody) Started(int)          {}
func (nobody) Ended(int)            {}
func (nobody) Release()             {}
