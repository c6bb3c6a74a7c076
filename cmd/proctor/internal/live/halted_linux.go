package live

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// halted returns those of the processes that a signal has stopped, such as STOP:
// they do nothing until a CONT. It is looked for at this moment; nobody is told
// when it comes. One that a debugger holds is not among them.
func halted(pids []int) (found []int) {
	for _, pid := range pids {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err == nil && saysHalted(string(stat), os.Getpid()) {
			found = append(found, pid)
		}
	}
	return found
}

// saysHalted reads the state and the parent from a stat file, behind the name of
// the program, which stands in parentheses and may hold anything
// (proc_pid_stat(5)). Whoever has another parent has the number after one of ours.
func saysHalted(stat string, parent int) bool {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	return len(fields) > 1 && slices.Equal(fields[:2], []string{"T", strconv.Itoa(parent)})
}
