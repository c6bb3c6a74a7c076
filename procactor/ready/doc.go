// Package ready has probes for [procactor.Readiness]: a plain program is up
// when a TCP port of it accepts, or when it answers an HTTP request. It is a
// package of its own so that who has no use for it does not link net/http.
//
//	d := procactor.Daemon{
//		Args:  []string{"redis-server", "--port", "6380"},
//		Ready: procactor.Readiness{Probe: ready.TCP("127.0.0.1:6380")},
//	}
//
// [procactor.Readiness]: https://pkg.go.dev/github.com/proctor-dev/proctor/procactor#Readiness
package ready
