// The foreign example calls a worker that is another program: it declares the
// task by name and types alone, and leaves the function to the worker's source.
//
//	go run ./examples/foreign          builds the worker into a temporary folder
//	go run ./examples/foreign PATH     takes the one at PATH
package main
