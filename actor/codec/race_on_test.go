//go:build race

package codec

// raceEnabled tells that what is allocated is more than a program takes: small
// values do not share a block under the race detector.
const raceEnabled = true
