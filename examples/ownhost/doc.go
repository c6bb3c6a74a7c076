// The ownhost example adds a way to do tasks that the library does not know: a
// program that stays, is told what to do on its standard input, and answers on its
// standard output, a line of JSON for each message. host.go is all of it on the
// side of the caller; a task, and the code that calls it, are as for a worker.
//
//	go run ./examples/ownhost
package main
