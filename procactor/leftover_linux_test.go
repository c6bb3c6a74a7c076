package procactor_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// childProcesses returns the children of this process, zombies included
// (proc_pid_stat(5): the name in parentheses may hold anything, the state and
// the parent's id follow it).
func childProcesses() []string {
	own := strconv.Itoa(os.Getpid())
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var left []string
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
		if len(fields) > 1 && fields[1] == own {
			left = append(left, fmt.Sprintf("%s (%s)", filepath.Dir(path), fields[0]))
		}
	}
	return left
}
