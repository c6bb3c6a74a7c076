// Package cli is the command line of proctor: what its commands are, what they
// print, and the statuses that they exit with.
package cli
