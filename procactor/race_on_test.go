//go:build race

package procactor_test

// raceEnabled tells that workers start slowly: they are this program.
const raceEnabled = true
