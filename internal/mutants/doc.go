// Command mutants proves that mistakes are noticed: it puts plausible ones into
// the sources, one at a time and only for the compiler (go test -overlay), and
// runs what must notice each. Those of the machine of package supervise must
// give a trace that differs from that of Erlang/OTP; those of the shells around
// it, of mailboxes and of worker processes have a test that must fail.
//
//	go run ./internal/mutants          all of them
//	go run ./internal/mutants window   those whose name contains "window"
//
// The sources themselves are never written, and have no hook for it.
package main
