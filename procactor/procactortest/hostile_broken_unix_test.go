//go:build unix

package procactortest_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/procactortest"
)

// aloofVariable has the program start another and hand it its channels.
const aloofVariable = "PROCACTORTEST_ALOOF"

// faultsOfSystem has a parent that kills what it started and not what that
// started: the villain is in a session of its own.
func faultsOfSystem() map[string]fault {
	return map[string]fault{"kills one process": {procactortest.HostileFixture{Worker: func() procactor.Worker {
		w := procactor.Program(os.Args[0])
		w.Env = append(os.Environ(), aloofVariable+"=yes")
		return w
	}}, "unknown id"}}
}

// playAloof stands between a parent and a villain.
func playAloof() {
	if os.Getenv(aloofVariable) == "" || os.Getenv("PROCTORTEST_TRICK") == "(good)" {
		return
	}
	cmd := exec.Command(os.Args[0])
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, aloofVariable+"=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	for fd := uintptr(3); fd < 6; fd++ {
		cmd.ExtraFiles = append(cmd.ExtraFiles, os.NewFile(fd, "inherited"))
	}
	_ = cmd.Run()
	os.Exit(0)
}
