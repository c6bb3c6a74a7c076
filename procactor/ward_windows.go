package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
)

// ward is nothing on Windows: a child's job object, which is closed with the
// last handle to it, ends the child and all that it started with this process.
type ward struct{}

type wardKind uint8

const (
	wardSelf wardKind = iota
	wardProgram
	wardCommand
)

// familyOf returns what the children of the System share.
func familyOf(*actor.System) (*family, error) { return &family{}, nil }

func wardOf(*actor.System, wardKind) (*ward, error) { return nil, nil }

func (*ward) of() *family           { return nil }
func (*ward) mortal() bool          { return false }
func (*ward) spawn(start func())    { start() }
func (*ward) born(int)              {}
func (*ward) over(int)              {}
func (*ward) release()              {}
func (*ward) await(context.Context) {}

// guardVariable is never set on Windows, but never handed on either.
const guardVariable = "PROCTOR_GUARDIAN"

// runGuardian refuses: there is nothing to guard.
func runGuardian(string) int { return exitNotServed }
