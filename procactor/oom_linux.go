package procactor

import (
	"bytes"
	"os"
	"strconv"
)

// oomKills returns how many processes the kernel has killed for want of memory,
// of the machine or of a cgroup, since it was booted; -1 when it does not tell.
func oomKills() int {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return -1
	}
	_, rest, ok := bytes.Cut(text, []byte("\noom_kill "))
	if !ok {
		return -1
	}
	number, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(number))
	if err != nil {
		return -1
	}
	return n
}
