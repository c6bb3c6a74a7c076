package guardian

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// Slot is nothing on Windows: a child's job object, which is closed with the
// last handle to it, ends the child and all that it started with this process.
type Slot struct{}

// FamilyOf returns what the children of the System share.
func FamilyOf(*actor.System, Config) (*osproc.Family, error) { return &osproc.Family{}, nil }

// SlotFor returns nil: nobody guards a child here.
func SlotFor(*actor.System, Kind, Config) (*Slot, error) { return nil, nil }

// Family returns nil.
func (*Slot) Family() *osproc.Family { return nil }

// DiesWithParent returns false.
func (*Slot) DiesWithParent() bool { return false }

// Spawn calls start.
func (*Slot) Spawn(start func()) { start() }

// Started does nothing.
func (*Slot) Started(int) {}

// Ended does nothing.
func (*Slot) Ended(int) {}

// Release does nothing.
func (*Slot) Release() {}

// Await does nothing.
func (*Slot) Await(context.Context) {}

// Variable is never set on Windows, but never handed on either.
const Variable = "PROCTOR_GUARDIAN"

// Run refuses: there is nothing to guard.
func Run(string) int { return osproc.ExitNotServed }
