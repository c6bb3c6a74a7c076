package census

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// descriptors counts the open ones, but for that of the counting.
func descriptors() int {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return Unknown
	}
	return len(fds) - 1
}

func status() (threads, resident int) {
	threads, resident = Unknown, Unknown
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return threads, resident
	}
	for line := range strings.Lines(string(text)) {
		field := strings.Fields(line)
		if len(field) < 2 {
			continue
		}
		n, err := strconv.Atoi(field[1])
		switch {
		case err != nil:
		case field[0] == "Threads:":
			threads = n
		case field[0] == "VmRSS:":
			resident = n << 10
		}
	}
	return threads, resident
}

// Children lists the child processes, zombies included; false where the system
// does not tell.
func Children() ([]Child, bool) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return nil, false
	}
	var children []Child
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has gone meanwhile
		}
		child, parent, ok := parseStat(string(text))
		if ok && parent == os.Getpid() {
			children = append(children, child)
		}
	}
	return children, true
}

// parseStat reads a line as in proc_pid_stat(5): the name in parentheses may
// hold anything, the state and the parent's id follow it.
func parseStat(text string) (c Child, parent int, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Child{}, 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(text[:open]))
	field := strings.Fields(text[end+1:])
	if err != nil || len(field) < 2 || len(field[0]) != 1 {
		return Child{}, 0, false
	}
	parent, err = strconv.Atoi(field[1])
	return Child{PID: pid, Name: text[open+1 : end], State: field[0][0]}, parent, err == nil
}

// childIDs lists the ids of the child processes faster than Children, but may
// miss some that come or go meanwhile (proc_tid_children(5)).
func childIDs() ([]int, bool) {
	lists, err := filepath.Glob("/proc/self/task/[0-9]*/children")
	if err != nil || len(lists) == 0 {
		return nil, false // the kernel was built without it
	}
	seen := map[int]bool{}
	var ids []int
	for _, path := range lists {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has ended
		}
		for _, word := range strings.Fields(string(text)) {
			if id, err := strconv.Atoi(word); err == nil && !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, true
}
