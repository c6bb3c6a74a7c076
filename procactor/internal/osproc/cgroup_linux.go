package osproc

import (
	"bytes"
	"path"
	"strconv"
	"strings"
)

// cgroupMounts are where this process sees the cgroups that count memory: of
// version 2 and of version 1, of which one has the memory.
type cgroupMounts struct{ v2, v1 cgroupMount }

// cgroupMount is a mounted hierarchy; the zero value is none.
type cgroupMount struct {
	point string // a directory
	root  string // the cgroup that is seen there, as /proc/PID/cgroup names it
}

// parseCgroupMounts reads /proc/self/mountinfo (proc_pid_mountinfo(5)).
func parseCgroupMounts(mountinfo []byte) (m cgroupMounts) {
	for line := range strings.Lines(string(mountinfo)) {
		left, right, ok := strings.Cut(line, " - ")
		mount, of := strings.Fields(left), strings.Fields(right)
		if !ok || len(mount) < 5 || len(of) < 3 {
			continue
		}
		found := cgroupMount{root: unescapeMount(mount[3]), point: unescapeMount(mount[4])}
		switch {
		case of[0] == "cgroup2" && m.v2.point == "":
			m.v2 = found
		case of[0] == "cgroup" && strings.Contains(","+of[2]+",", ",memory,") && m.v1.point == "":
			m.v1 = found
		}
	}
	return m
}

// unescapeMount reads what the kernel writes for a space and the like.
func unescapeMount(s string) string {
	for _, r := range [][2]string{{`\040`, " "}, {`\011`, "\t"}, {`\012`, "\n"}, {`\134`, `\`}} {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	return s
}

// memoryCgroup finds in /proc/PID/cgroup (cgroups(7)) the directory of the
// cgroup to which the memory of the process is counted; empty when it is not
// seen here. v1 tells its version.
func (m cgroupMounts) memoryCgroup(text []byte) (dir string, v1 bool) {
	unified := ""
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		switch {
		case len(fields) < 3:
		case strings.Contains(","+fields[1]+",", ",memory,"):
			return m.v1.dir(fields[2]), true
		case fields[0] == "0" && fields[1] == "":
			unified = m.v2.dir(fields[2])
		}
	}
	return unified, false
}

// dir is where the cgroup is seen.
func (m cgroupMount) dir(cgroup string) string {
	below, inside := strings.CutPrefix(cgroup, strings.TrimSuffix(m.root, "/"))
	if m.point == "" || !inside || below != "" && below[0] != '/' || strings.Contains(below+"/", "/../") {
		return ""
	}
	return path.Join(m.point, below)
}

// parseKills reads the count of a line such as "oom_kill 3".
func parseKills(text []byte) (kills uint64, ok bool) {
	const key = "oom_kill "
	for line := range bytes.Lines(text) {
		if number, found := bytes.CutPrefix(line, []byte(key)); found {
			kills, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 10, 64)
			return kills, err == nil
		}
	}
	return 0, false
}
