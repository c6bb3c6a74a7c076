//go:build unix

package procactor_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// orphanage is a parent that is going to be killed. It names the processes
// that must not survive it on its stdout.
type orphanage struct {
	sys *actor.System
	env []string
	n   int
}

// escaped is the kind of which something is left.
const escaped = "with a child that escaped"

// orphanKinds are what the parent has when it is killed.
func orphanKinds() map[string]func(*orphanage) error {
	return map[string]func(*orphanage) error{
		"idle":     func(o *orphanage) error { _, err := o.worker(o.self()); return err },
		"deaf":     func(o *orphanage) error { return o.busy(o.self(), "deaf") },
		"spinning": func(o *orphanage) error { return o.busy(o.self(), "spin") },
		"spinning on its only processor": func(o *orphanage) error {
			return o.busy(o.self("GOMAXPROCS=1"), "spin")
		},
		"spinning where nothing can be preempted": func(o *orphanage) error {
			return o.busy(o.self("GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1"), "spin")
		},
		"blocked in a system call on its only processor": func(o *orphanage) error {
			return o.busy(o.self("GOMAXPROCS=1"), "block")
		},
		"spinning before Main": func(o *orphanage) error { return o.hung(o.self(partVariable + "=spin")) },
		"stopped": func(o *orphanage) error {
			_, err := o.stopped(o.self())
			return err
		},
		"stopped with a child": func(o *orphanage) error {
			_, err := o.stopped(o.self(), "stubborn child")
			return err
		},
		"stopped, after it would have joined its parent's group": func(o *orphanage) error {
			_, err := o.stopped(o.self(), "join its parent's group")
			return err
		},
		"a foreign program that would have joined its parent's group": func(o *orphanage) error {
			_, err := o.worker(o.part("foreign that joins its parent's group"))
			return err
		},
		"with a child": func(o *orphanage) error {
			p, err := o.worker(o.self())
			return errors.Join(err, o.deed(p, "child"), o.deed(p, "stubborn child"))
		},
		"with a worker of its own, both stopped": func(o *orphanage) error {
			p, err := o.worker(o.self())
			if err != nil {
				return err
			}
			inner, err := act.On(p).Call(context.Background(), deed{Do: "employ"})
			fmt.Println(inner)
			if err != nil {
				return err
			}
			pid, err := strconv.Atoi(inner)
			return errors.Join(err, stopProcess(pid), stopProcess(procactor.ProcessID(p)))
		},
		escaped: func(o *orphanage) error {
			p, err := o.worker(o.self())
			return errors.Join(err, o.deed(p, "stubborn child"), o.act(p, deed{Do: "child", Text: "escape"}))
		},
		"a program that speaks Proctor": func(o *orphanage) error {
			w := procactor.Program(os.Args[0])
			w.Env = o.env
			p, err := o.stopped(w, "stubborn child")
			if err == nil {
				_, err = o.worker(w)
			}
			_ = p
			return err
		},
		"a program of another language": func(o *orphanage) error {
			_, err := o.worker(o.part("foreign"))
			return err
		},
		"a program of another language that takes its time": func(o *orphanage) error {
			_, err := o.worker(o.part("foreign that wants time"))
			return err
		},
		"no worker at all": func(o *orphanage) error {
			w := procactor.Program("sleep", "1000")
			w.Env = o.env
			return o.hung(w)
		},
		"no worker, with a child": func(o *orphanage) error {
			w := procactor.Program("sh", "-c", `trap "" HUP TERM; sleep 1000 & echo $!; wait`)
			w.Env, w.Stdout = o.env, os.Stdout
			return o.hung(w)
		},
		"a command with a child": func(o *orphanage) error {
			return o.command("sh", "-c", `trap "" HUP TERM; sleep 1000 & echo $!; wait`)
		},
		"a command whose child is left alone": func(o *orphanage) error {
			return o.command("sh", "-c", `trap "" HUP TERM; sleep 1000 & echo $!; exec >/dev/null; kill -STOP $$`)
		},
		"a guardian that was killed": func(o *orphanage) error {
			if _, err := o.stopped(o.self(), "stubborn child"); err != nil {
				return err
			}
			return o.killGuardian()
		},
		"two systems": func(o *orphanage) error {
			_, err := o.stopped(o.self(), "stubborn child")
			if err != nil {
				return err
			}
			other := &orphanage{sys: actor.NewSystem(), env: o.env}
			_, err = other.stopped(other.self(), "stubborn child")
			fmt.Println(procactor.GuardianOf(other.sys))
			if procactor.GuardianOf(o.sys) == procactor.GuardianOf(other.sys) {
				return errors.New("they share their guardian")
			}
			return err
		},
	}
}

// playOrphanage is the parent.
func playOrphanage(kind string) {
	procactor.Main(act)
	o := &orphanage{sys: actor.NewSystem(), env: append(os.Environ(), parentVariable+"="+strconv.Itoa(os.Getpid()))}
	if err := orphanKinds()[kind](o); err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println(procactor.GuardianOf(o.sys))
	fmt.Println("all")
	select {}
}

func (o *orphanage) self(env ...string) procactor.Worker {
	w := quick()
	w.Env = append(o.env[:len(o.env):len(o.env)], env...)
	return w
}

func (o *orphanage) part(name string) procactor.Worker {
	w := as(name)
	w.Env = append(w.Env, o.env...)
	return w
}

// worker starts a worker and names it.
func (o *orphanage) worker(w procactor.Worker) (*procactor.Process, error) {
	o.n++
	p, err := procactor.Start(context.Background(), o.sys, "w"+strconv.Itoa(o.n), w)
	if err == nil {
		fmt.Println(procactor.ProcessID(p))
	}
	return p, err
}

// deed has the worker do something that returns a process, and names that.
func (o *orphanage) deed(p *procactor.Process, do string) error { return o.act(p, deed{Do: do}) }

func (o *orphanage) act(p *procactor.Process, d deed) error {
	if p == nil {
		return nil
	}
	pid, err := act.On(p).Call(context.Background(), d)
	fmt.Println(pid)
	return err
}

// busy starts a worker, and has it do what has no end; it prints a line when it
// does.
func (o *orphanage) busy(w procactor.Worker, do string) error {
	r, out := io.Pipe()
	w.Stdout = out
	p, err := o.worker(w)
	if err != nil {
		return err
	}
	go act.On(p).Call(context.Background(), deed{Do: do}) //nolint:errcheck // it has no end
	_, err = r.Read(make([]byte, 1))
	return err
}

// stopped starts a worker that does these deeds, and stops it.
func (o *orphanage) stopped(w procactor.Worker, deeds ...string) (*procactor.Process, error) {
	p, err := o.worker(w)
	for _, do := range deeds {
		err = errors.Join(err, o.deed(p, do))
	}
	if err != nil {
		return nil, err
	}
	return p, stopProcess(procactor.ProcessID(p))
}

// stopProcess returns when the process is stopped, where that can be seen.
func stopProcess(pid int) error {
	if pid <= 0 {
		return errors.New("there is no such process")
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	for {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") T ") {
			return nil
		}
		<-time.After(time.Millisecond)
	}
}

// hung starts a program that never gets ready, and names it.
func (o *orphanage) hung(w procactor.Worker) error {
	if w.Stdout == nil {
		w.Stdout = io.Discard
	}
	o.n++
	before := procactor.GuardedBy(o.sys)
	failed := make(chan error, 1)
	go func() {
		_, err := procactor.Start(context.Background(), o.sys, "w"+strconv.Itoa(o.n), w)
		failed <- err
	}()
	for {
		now := procactor.GuardedBy(o.sys)
		now = slices.DeleteFunc(now, func(pid int) bool { return slices.Contains(before, pid) })
		if len(now) > 0 {
			fmt.Println(now[0])
			return nil
		}
		select {
		case err := <-failed:
			return fmt.Errorf("it did not hang: %w", err)
		case <-time.After(time.Millisecond):
		}
	}
}

// command starts a program that prints the number of its child, and names both.
func (o *orphanage) command(argv ...string) error {
	pid, out, wait, err := procactor.SpawnCommand(o.sys, o.env, argv...)
	if err != nil {
		return err
	}
	go wait()
	fmt.Println(pid)
	child, err := bufio.NewReader(out).ReadString('\n')
	fmt.Print(child)
	return err
}

func (o *orphanage) killGuardian() error {
	first := procactor.GuardianOf(o.sys)
	if first == 0 {
		return errors.New("there is no guardian")
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		return err
	}
	for {
		if next := procactor.GuardianOf(o.sys); next != 0 && next != first {
			return nil
		}
		<-time.After(time.Millisecond)
	}
}

// playForeign is a worker that somebody else wrote: it says HELLO and READY and
// looks neither at its requests nor at their end.
func playForeign() {
	hello, _ := wire.AppendHello(nil, wire.Hello{Version: wire.Current(), Limits: wire.DefaultLimits()})
	frames := append(wire.BeginFrame(nil, wire.KindHello, 0), hello...)
	frames, _ = wire.EndMessage(frames, 0, wire.DefaultLimits())
	ready, _ := wire.EndMessage(wire.BeginFrame(nil, wire.KindReady, 0), 0, wire.DefaultLimits())
	_, _ = replies().Write(append(frames, ready...))
	for { //nolint:revive,staticcheck // it does not even sleep
	}
}

// orphaned starts a parent that is to be killed when all is there, and returns
// the processes that it named.
func orphaned(t *testing.T, role string, env ...string) (named []int, parent int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), partVariable+"="+role), env...)
	return killed(t, cmd), cmd.Process.Pid
}

// killed starts a parent, kills it when all is there, and returns what it named.
func killed(t *testing.T, cmd *exec.Cmd) (named []int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "all" {
		pid, err := strconv.Atoi(lines.Text())
		require.NoError(t, err, "%s", lines.Text())
		named = append(named, pid)
	}
	require.Equal(t, "all", lines.Text(), "it ended too early")
	require.NotEmpty(t, named)
	for _, pid := range named {
		assert.False(t, pid > 0 && isGone(pid), "process %d was gone before its parent", pid)
	}
	return named
}

// Guarantee(orphans): A parent that is killed leaves no worker behind, whatever the worker is doing: looping, stopped, before Main, or not a Proctor program at all; nor anything in its process group.
func TestOrphansOfEveryKind(t *testing.T) {
	t.Parallel()
	type bereft struct {
		parent int
		named  []int
	}
	// All are killed before the first is waited for: some have five seconds.
	left := map[string]bereft{}
	for kind := range orphanKinds() {
		if kind == escaped {
			continue // that one is left behind
		}
		t.Run("killed: "+kind, func(t *testing.T) {
			named, parent := orphaned(t, "orphans:"+kind)
			left[kind] = bereft{parent, named}
		})
	}
	for kind, of := range left {
		t.Run("gone: "+kind, func(t *testing.T) {
			defer killLeft(t, of.named...)
			requireGone(t, of.named...)
			requireNoneOf(t, of.parent)
		})
	}
}

// killLeft tidies up after a test that found something left.
func killLeft(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		if t.Failed() && pid > 0 && !isGone(pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
