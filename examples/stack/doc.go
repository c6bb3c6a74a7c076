// Package stack is a policy file for a stack of programs that know nothing of
// Proctor: nginx, Redis, and a shell script that needs both. Its test runs the
// tree by cmd/proctor and kills one program after the other.
//
//	go install ./cmd/proctor
//	STACK=$PWD/examples/stack DIR=$(mktemp -d) proctor run examples/stack/stack.yaml
//	proctor ps --policy examples/stack/stack.yaml
package stack
