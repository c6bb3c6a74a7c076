// The quickstart analyzes the source of the Go standard library, file by
// file, in a pool of worker processes, and shows what processes are for: a
// file that ends or hangs its whole process costs one typed error, and the
// table of all others is the same, to the byte, as that of a run without
// faults and of a run in one goroutine.
//
//	go run ./examples/quickstart [-json] [-src DIR] [-workers N]
//
// The measures are made by internal/analyze; internal/poison makes the bad
// inputs, internal/alone runs them as people do without Proctor.
package main
