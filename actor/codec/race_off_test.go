//go:build !race

package codec

// raceEnabled tells that what is allocated is what a program takes.
const raceEnabled = false
