package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
)

// ward is nothing on Windows: a child's job object, which is closed with the
// last handle to it, ends the child and all that it started with this process.
type ward struct{}

// kin is nothing on Windows: nobody can take the end of another one's child.
type kin struct{}

type wardKind uint8

const (
	wardSelf wardKind = iota
	wardProgram
	wardCommand
)

func wardOf(*actor.System, wardKind) (*ward, error) { return nil, nil }

func (*ward) release()              {}
func (*ward) await(context.Context) {}

// guardVariable is never set on Windows, but never handed on either.
const guardVariable = "PROCTOR_GUARDIAN"

// runGuardian refuses: there is nothing to guard.
func runGuardian(string) int { return exitNotServed }

// closeInherited does nothing: a child inherits the handles that it was given.
func closeInherited([]uintptr) {}

// keepGrace does nothing: there is no signal to take back.
func keepGrace() {}
