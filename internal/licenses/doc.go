// Command licenses checks the licenses of everything that a module's packages
// and their tests link, on each system the library is for.
//
//	go run ./internal/licenses [folder of a module]...
//
// It prints one line per module: path, version, license and what it is for.
// Its status is 1 if a license is not recognized or not on the list of those
// allowed. What is only in the module graph, but linked by nothing, is nobody's
// dependency and is not looked at.
package main
