//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asProgram has the test binary be the example.
const asProgram = "HARDENED_EXAMPLE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// What SECURITY.md says a worker of the same user can reach it reaches, and what
// it says helps does; signals are for another user, or another PID namespace.
func TestWorkerReachesAParentThatIsNotHardened(t *testing.T) {
	const nobody = 65534
	cmd := exec.Command("/proc/self/exe")
	cmd.Dir, cmd.Env = "/", []string{asProgram + "=1", "PATH=" + os.Getenv("PATH")}
	if os.Getuid() == 0 { // which would reach everything
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	yama, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	traced := "true"
	if scope := strings.TrimSpace(string(yama)); scope != "" && scope != "0" {
		traced = "false" // Yama has it so that only those above trace
	}
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		rows = append(rows, strings.Fields(line))
	}
	assert.Equal(t, [][]string{
		{"reached", "as", "it", "is", "hardened"},
		{"environment", "true", "false"},
		{"memory", traced, "false"},
		{"descriptors", "true", "false"},
		{"trace", traced, "false"},
		{"signals", "true", "true"},
	}, rows, "%s", out)
}
