package procactor

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// mainReached is zero until Main was called, then one more than this
// process's depth below the top parent. It is the package's only state: what
// keeps a program that forgot Main from starting itself without end.
var mainReached atomic.Int32 //nolint:gochecknoglobals // one process is a worker, or not, as a whole

// Main makes the program its own worker: call it first in main, or in TestMain
// before m.Run, with the tasks the program can do. In a worker process it
// serves them and never returns; in every other process it returns at once,
// unless the first argument is --proctor-list, --proctor-call or
// --proctor-help: by these a person lists the tasks, and runs one on JSON
// without a parent; see docs/debugging.md.
//
// The program may also be started as the guardian of its own workers, which
// kills those that are left when it is gone; then, too, Main never returns.
//
// A worker exits with status 0 when it was asked to stop. When its parent is
// gone it cancels what runs, waits a little, and ends its process group.
//
// Main panics for no reason; a wrong list of tasks is told to the parent as a
// failed start.
func Main(tasks ...MainOption) {
	boot, isWorker, err := readBootstrap(os.LookupEnv)
	guard, isGuardian := os.LookupEnv(guardian.Variable)
	if isWorker || isGuardian {
		osproc.CloseInherited(boot.inherited)
	}
	for _, name := range bootstrapVariables() {
		_ = os.Unsetenv(name) // what this worker starts must not take itself for one
	}
	if isGuardian {
		os.Exit(guardian.Run(guard))
	}
	mainReached.Store(int32(boot.depth) + 1)
	mainTasks.Store(&tasks)
	if !isWorker {
		if code, asked := byHand(os.Args, tasks); asked {
			os.Exit(code)
		}
		return
	}
	osproc.KeepGrace()
	if err != nil {
		fmt.Fprintf(os.Stderr, "proctor worker: %v\n", err)
		os.Exit(osproc.ExitNotServed)
	}
	os.Exit(runWorker(boot, newCatalog(tasks)))
}

// bootstrap is what a parent hands its worker.
type bootstrap struct {
	channels wire.Channels
	begun    uintptr // of the page; zero: there is none
	depth    int
	debugged bool // wait for a debugger before HELLO

	inherited []uintptr // descriptors of the parent that are not meant for this process
}

func bootstrapVariables() []string {
	return []string{wire.EnvVersion, wire.EnvFDs, wire.EnvHandles, wire.EnvDepth, wire.EnvBegun, wire.EnvInherited, waitVariable, guardian.Variable}
}

// readBootstrap reads the variables; isWorker tells whether there are any.
func readBootstrap(lookup func(string) (string, bool)) (b bootstrap, isWorker bool, err error) {
	if text, ok := lookup(wire.EnvDepth); ok {
		if n, err := strconv.ParseUint(text, 10, 16); err == nil {
			b.depth = int(n)
		}
	}
	if text, ok := lookup(wire.EnvInherited); ok {
		if b.inherited, err = wire.ParseInherited(text); err != nil {
			_, isWorker = lookup(wire.EnvVersion)
			return b, isWorker, err
		}
	}
	version, ok := lookup(wire.EnvVersion)
	if !ok {
		return bootstrap{inherited: b.inherited}, false, nil
	}
	v, err := wire.ParseVersion(version)
	if err != nil {
		return b, true, err
	}
	if _, err = wire.Agree(wire.Current(), v); err != nil {
		return b, true, err
	}
	_, b.debugged = lookup(waitVariable)
	if text, ok := lookup(wire.EnvBegun); ok {
		if b.begun, err = wire.ParseBegun(text); err != nil {
			return b, true, err
		}
	}
	text, _ := lookup(channelsVariable)
	b.channels, err = wire.ParseChannels(text)
	return b, true, err
}

// ownDepth returns how deep this process is below the top parent.
func ownDepth() int { return int(mainReached.Load()) - 1 }
