// The tree example writes a supervision tree in code, crashes three of its
// parts, and prints how each comes back:
//
//	shop                 one_for_one
//	├── counter          an actor: a behavior with a mailbox
//	├── poller           a function on a goroutine
//	└── back             a supervisor under the supervisor, rest_for_one
//	    ├── parser       a worker process
//	    └── squares      a pool of two worker processes
//
//	go run ./examples/tree
package main
