//go:build unix

package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// playOwnDirDeleted deletes its working directory, and says what comes of the
// starts that need one, and of those that do not.
func playOwnDirDeleted(dir string) {
	self, err := os.Executable()
	if err == nil {
		err = errors.Join(os.Chdir(dir), os.Remove(dir))
	}
	if err == nil && os.Getenv(fileVariable) == "another" { // with the old one's name
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sys := actor.NewSystem()
	defer sys.Close(context.Background()) //nolint:errcheck // it ends
	worker := func(program, dir string) procactor.Worker {
		w := procactor.Program(program)
		w.Dir = dir
		w.Env = append(os.Environ(), roleVariable+"=plain")
		return w
	}
	run := func(what string, start func(name string) error) {
		err := start(what)
		var failed *actor.StartError
		var command *procactor.CommandError
		var wrong *procactor.WorkerError
		kind := "up"
		switch {
		case errors.As(err, &command) && (command.Task != "" || errors.As(err, &failed)):
			kind = "CommandError"
		case errors.As(err, &wrong) && errors.As(err, &failed):
			kind = "WorkerError"
		case err != nil:
			kind = "failed"
		}
		fmt.Printf("%s|%s|%v\n", what, kind, err)
	}
	for what, d := range map[string]procactor.Daemon{
		"daemon":                    {Args: []string{"/bin/sh", "-c", "sleep 100"}},
		"daemon by name":            {Args: []string{"sh", "-c", "sleep 100"}},
		"daemon by path":            {Args: []string{"./server"}},
		"daemon by path, elsewhere": {Args: []string{"./server"}, Dir: "/"},
		"daemon in a relative dir":  {Args: []string{"/bin/sh"}, Dir: "data"},
		"daemon elsewhere":          {Args: []string{"sh", "-c", "sleep 100"}, Dir: "/"},
	} {
		run(what, func(name string) error {
			_, err := procactor.StartDaemon(context.Background(), sys, name, d)
			return err
		})
	}
	for what, w := range map[string]procactor.Worker{
		"worker":                    worker(self, ""),
		"worker, Self":              procactor.Self(),
		"worker by path":            worker("./worker", ""),
		"worker by path, elsewhere": worker("./worker", "/"),
		"worker in a relative dir":  worker(self, "data"),
		"worker elsewhere":          worker(self, "/"),
	} {
		run(what, func(name string) error {
			_, err := procactor.Start(context.Background(), sys, name, w)
			return err
		})
	}
	for what, dir := range map[string]string{"commands": "", "commands in a relative dir": "data"} {
		run(what, func(name string) error {
			_, err := procactor.StartCommands(context.Background(), sys, name, procactor.Commands{Dir: dir})
			return err
		})
	}
	run("command by path", func(name string) error {
		p, err := procactor.StartCommands(context.Background(), sys, name, procactor.Commands{})
		if err != nil {
			return err
		}
		_, err = shoot.On(p).Call(context.Background(), shot{cmd: procactor.Command{Path: "./tool"}})
		return err
	})
}

// Guarantee(programs): A start that needs the parent's working directory is refused with the cause if that directory was deleted; one with a directory of its own starts.
func TestOwnDirDeleted(t *testing.T) {
	t.Parallel()
	const again = "; start this process again in a directory that is there, or "
	const own = "give the program a directory of its own (in Go Dir, in a policy file dir)"
	const path, both = "name the program by its whole path", own + " and name the program by its whole path"
	for _, another := range []string{"", "another"} {
		dir := filepath.Join(t.TempDir(), "deployed")
		require.NoError(t, os.Mkdir(dir, 0o700))
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), partVariable+"=deleted directory:"+dir, fileVariable+"="+another)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		require.NoError(t, err, "%s", stderr.String())
		got := map[string][]string{}
		for line := range bytes.Lines(out) {
			f := bytes.SplitN(bytes.TrimSpace(line), []byte("|"), 3)
			require.Len(t, f, 3, "%s", out)
			got[string(f[0])] = []string{string(f[1]), string(f[2])}
		}
		gone := "the working directory of this process is gone: "
		if runtime.GOOS == "linux" { // which says what it was called
			gone += dir + " (deleted)"
		}
		for what, want := range map[string][2]string{
			"daemon":                    {"CommandError", own},
			"daemon by name":            {"CommandError", own},
			"daemon by path":            {"CommandError", both},
			"daemon by path, elsewhere": {"CommandError", path},
			"daemon in a relative dir":  {"CommandError", "name the program's directory by its whole path"},
			"command by path":           {"CommandError", path},
			"worker":                    {"WorkerError", own},
			"worker, Self":              {"WorkerError", own},
			"worker by path":            {"WorkerError", both},
			"worker by path, elsewhere": {"WorkerError", path},
			"worker in a relative dir":  {"WorkerError", "name the program's directory by its whole path"},

			"commands in a relative dir": {"WorkerError", "name the program's directory by its whole path"},
		} {
			if assert.Contains(t, got, what, "%s", out) {
				assert.Equal(t, want[0], got[what][0], "%s: %s", what, got[what][1])
				assert.Contains(t, got[what][1], gone, what)
				assert.Contains(t, got[what][1], again+want[1], what)
			}
		}
		for _, what := range []string{"daemon elsewhere", "worker elsewhere", "commands"} {
			assert.Equal(t, []string{"up", "<nil>"}, got[what], what)
		}
	}
}
