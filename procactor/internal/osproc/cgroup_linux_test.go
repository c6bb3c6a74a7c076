package osproc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMemoryCgroup(t *testing.T) {
	t.Parallel()
	const (
		unified   = "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
		hybrid    = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
		container = "35 31 0:32 /docker/12ab /sys/fs/cgroup/memory ro master:17 - cgroup cgroup rw,memory\n"
		spaced    = `31 23 0:27 / /mnt/of\040mine rw - cgroup2 none rw` + "\n"
	)
	for name, tt := range map[string]struct {
		mountinfo, cgroup string
		dir               string
		v1                bool
	}{
		"version 2":                    {unified, "0::/user.slice/app.scope\n", "/sys/fs/cgroup/user.slice/app.scope", false},
		"the root":                     {unified, "0::/\n", "/sys/fs/cgroup", false},
		"a name with a colon":          {unified, "0::/a:b\n", "/sys/fs/cgroup/a:b", false},
		"version 1 has the memory":     {hybrid, "4:memory:/x/y\n1:cpu:/z\n0::/\n", "/sys/fs/cgroup/memory/x/y", true},
		"it is in version 1, not seen": {unified, "4:memory:/x\n0::/y\n", "", true},
		"in a container":               {container, "4:memory:/docker/12ab/worker\n", "/sys/fs/cgroup/memory/worker", true},
		"in a container, at its top":   {container, "4:memory:/docker/12ab\n", "/sys/fs/cgroup/memory", true},
		"in another container":         {container, "4:memory:/docker/12abc\n", "", true},
		"out of its namespace":         {unified, "0::/../other\n", "", false},
		"a mount with a space":         {spaced, "0::/x\n", "/mnt/of mine/x", false},
		"no mount":                     {"", "0::/x\n", "", false},
		"no cgroup":                    {unified, "", "", false},
		"nonsense":                     {"x\n - \n1 2 3 - cgroup2\n", "x\n::\n0:\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, v1 := parseCgroupMounts([]byte(tt.mountinfo)).memoryCgroup([]byte(tt.cgroup))
			assert.Equal(t, tt.dir, dir)
			assert.Equal(t, tt.v1, v1)
		})
	}
}

func TestParseKills(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		kills uint64
		ok    bool
	}{
		{"low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n", 2, true},
		{"oom_kill_disable 0\nunder_oom 0\noom_kill 7\n", 7, true},
		{"pgsteal 4\noom_kill 5", 5, true},
		{"oom_group_kill 1\nxoom_kill 4\n", 0, false},
		{"oom_kill x\n", 0, false},
		{"oom_kill -1\n", 0, false},
		{"", 0, false},
	} {
		kills, ok := parseKills([]byte(tt.text))
		assert.Equal(t, tt.ok, ok, tt.text)
		if ok {
			assert.Equal(t, tt.kills, kills, tt.text)
		}
	}
}
