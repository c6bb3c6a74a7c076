//go:build !linux

package procactor

import "github.com/proctor-dev/proctor/actor"

// ReapStrangers does nothing here: no system but Linux tells which child has
// ended without reaping it. See its documentation there.
func ReapStrangers(*actor.System) (pids []int, again bool) { return nil, false }
