//go:build race

package commands_test

// raceEnabled tells that this program needs more addresses than a limit leaves.
const raceEnabled = true
