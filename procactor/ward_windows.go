package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
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
func familyOf(*actor.System, guardConfig) (*osproc.Family, error) { return &osproc.Family{}, nil }

func wardOf(*actor.System, wardKind, guardConfig) (*ward, error) { return nil, nil }

func (*ward) Family() *osproc.Family { return nil }
func (*ward) DiesWithParent() bool   { return false }
func (*ward) Spawn(start func())     { start() }
func (*ward) Started(int)            {}
func (*ward) Ended(int)              {}
func (*ward) Release()               {}
func (*ward) await(context.Context)  {}

// guardVariable is never set on Windows, but never handed on either.
const guardVariable = "PROCTOR_GUARDIAN"

// runGuardian refuses: there is nothing to guard.
func runGuardian(string) int { return osproc.ExitNotServed }
