// Wine runs the tests of the given packages, and the quickstart, as Windows
// programs under Wine, and holds the result against what is known.
//
//	go run ./internal/wine [-known FILE] PACKAGE...
//
// Wine is no Windows: some tests may skip there, and tests of signals are in no
// Windows build at all. Each such test is in known.txt with its reason, which
// for a skip is what a probe has said of this Wine. A test that fails, a skip
// that is not known or has another reason, a test that is missing from the
// Windows build and is not known, and a line that is no longer true are
// findings, and any finding fails the run: no test is run again. The tests are run
// in their short form (-short).
//
// It needs what tools/wine/prepare prepares: wine in PATH, and in WINEPREFIX the
// library that Go programs need.
package main
