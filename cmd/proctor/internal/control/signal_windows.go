package control

import "os"

// ParseSignal refuses every signal: Windows has none. The error is an *[Error].
func ParseSignal(string) (os.Signal, error) {
	return nil, &Error{CodeFailed, "Windows has no signals to send: proctor stop, start and restart are what there is"}
}

// SignalNames are the names of all signals: none.
func SignalNames() []string { return nil }
