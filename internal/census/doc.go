// Package census counts what a process holds of what the life of a worker could
// leave behind: child processes, zombies, descriptors, goroutines, threads and
// memory; and it decides whether such numbers, taken again and again, grow.
//
// Linux tells all of it. Elsewhere what is not told is [Unknown], and counts as
// nothing having been found.
package census
