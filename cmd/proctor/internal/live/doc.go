// Package live runs a tree of plain programs: it starts it, heeds signals,
// reloads its policy, answers what is asked by the control socket, and stops it.
package live
