//go:build linux

// The hardened example is a parent whose environment, memory and descriptors its
// worker, of the same user, cannot reach, and what the worker reaches of one that
// did nothing about it.
//
//	go run ./examples/hardened         as it is, and hardened
//
// It is to be run by a user who is not root: root reaches everything.
package main
