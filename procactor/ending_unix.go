//go:build unix

package procactor

import (
	"fmt"
	"os"
)

// hasSignals tells that a process can be asked to end, and to show its
// goroutines.
const hasSignals = true

// signalText is a signal with its number.
func signalText(sig os.Signal) string { return fmt.Sprintf("signal %d (%v)", sig, sig) }
