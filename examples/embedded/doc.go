// The embedded example is a service whose supervision tree stands in a file,
// tree.yaml, and whose children are Go code. It has each of them fail, prints
// what the supervisors decided and why, and changes the file while it runs:
//
//	shop                 one_for_one
//	├── stock            an actor
//	├── prices           a worker process
//	├── audit            a function that runs by a schedule
//	└── feeds            a supervisor with a circuit
//	    ├── north        a function on a goroutine; it fails again and again
//	    └── south        another
//
//	go run ./examples/embedded
//	go run ./examples/embedded -tree FILE
package main
