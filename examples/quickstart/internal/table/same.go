package table

import "bytes"

// Same reports whether three runs produced the same table, to the byte. It is
// the one place where the quickstart compares.
func Same(oneGoroutine, processes, processesWithFaults []byte) bool {
	return bytes.Equal(oneGoroutine, processes) && bytes.Equal(processes, processesWithFaults)
}
