package actor

import "strings"

// CloseError names what a stop could not end: [System.Close], [System.Stop] and
// the stops of other packages return it. What still runs is a goroutine that
// ignores that it was asked to stop, which cannot be killed, only abandoned, or
// a process that has not ended though it was killed.
type CloseError struct {
	// Name is the path of what was to be stopped; empty for all of a System.
	Name string
	// Running are the lives that still run, at that path and beneath, sorted by
	// name. Such of an earlier stop or restart are among them. A start that a
	// supervisor could not interrupt is named by the supervisor.
	Running []PID
	// Err is that of the context whose end cut the stop short; nil when all had
	// their own time to stop.
	Err error
}

// Error names the lives that still run, and why they were not waited for any
// longer.
func (e *CloseError) Error() string {
	names := make([]string, len(e.Running))
	for i, p := range e.Running {
		names[i] = p.String()
	}
	msg := "did not stop and still run: " + strings.Join(names, ", ")
	if e.Name != "" {
		msg = "stop " + e.Name + ": " + msg
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap returns the error of the context whose end cut the stop short.
func (e *CloseError) Unwrap() error { return e.Err }
