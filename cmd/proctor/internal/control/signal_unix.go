//go:build unix

package control

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/proctor-dev/proctor/internal/nearest"
	"golang.org/x/sys/unix"
)

// lastSignal is the highest number that a signal has here.
func lastSignal() syscall.Signal {
	if runtime.GOOS == "linux" {
		return 64 // with those that have no name, of real time
	}
	return 31
}

// ParseSignal reads the name of a signal, with or without SIG, in any case, or
// its number. Every error is an *[Error].
func ParseSignal(name string) (os.Signal, error) {
	if n, err := strconv.Atoi(name); err == nil {
		if sig := syscall.Signal(n); sig > 0 && sig <= lastSignal() {
			return sig, nil
		}
		return nil, noSignal(name, fmt.Sprintf("numbers are from 1 to %d", lastSignal()))
	}
	short := strings.TrimPrefix(strings.ToUpper(name), "SIG")
	switch short { // other names of the same
	case "CLD":
		short = "CHLD"
	case "IOT":
		short = "ABRT"
	case "POLL":
		short = "IO"
	}
	if sig := unix.SignalNum("SIG" + short); sig != 0 {
		return sig, nil
	}
	hint := "give a name such as USR1 or SIGUSR1, or a number"
	if near := nearest.To(short, SignalNames()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, noSignal(name, hint)
}

func noSignal(name, hint string) error {
	return &Error{CodeBadRequest, fmt.Sprintf("there is no signal %.40q; %s", name, hint)}
}

// SignalNames are the names of all signals that have one, without SIG.
func SignalNames() (names []string) {
	for sig := syscall.Signal(1); sig <= lastSignal(); sig++ {
		if name := unix.SignalName(sig); name != "" {
			names = append(names, strings.TrimPrefix(name, "SIG"))
		}
	}
	return names
}
