package foreigncode_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
)

const (
	roleVariable    = "FOREIGN_ROLE"    // set in workers
	setupVariable   = "FOREIGN_SETUP"   // what Setup does
	cleanupVariable = "FOREIGN_CLEANUP" // what it returns does
)

// worker is this test as a worker, which is not waited for long.
func worker(env ...string) procactor.Worker {
	w := procactor.Self()
	w.Grace = 200 * time.Millisecond
	w.Env = append(append(os.Environ(), roleVariable+"=worker"), env...)
	return w
}

// ask is what a task is to do wrong, and where.
type ask struct{ In, What string }

// doHarm is what foreign code does in a worker, which need not be cleaned up.
func doHarm(what string) {
	switch what {
	case panics:
		panic("of the user")
	case exits:
		runtime.Goexit()
	case blocks:
		select {}
	}
}

// gate is what the bystander waits for.
type gate struct {
	began, open       chan struct{}
	beginOnce, goOnce sync.Once
}

// The tasks are declared once for both sides; the gate is one of a worker process.
var (
	theGate = gate{began: make(chan struct{}), open: make(chan struct{})}

	lasting = procactor.NewTask("lasting", func(context.Context, int) (int, error) {
		theGate.beginOnce.Do(func() { close(theGate.began) })
		<-theGate.open
		return 0, nil
	}).Concurrent(8)
	began = procactor.NewTask("began", func(context.Context, int) (int, error) { <-theGate.began; return 0, nil }).Concurrent(8)
	opens = procactor.NewTask("opens", func(context.Context, int) (int, error) {
		theGate.goOnce.Do(func() { close(theGate.open) })
		return 0, nil
	}).Concurrent(8)
	faulty = procactor.NewTask("faulty", fail).Concurrent(8)

	does    = procactor.NewTask("does", func(_ context.Context, a ask) (int, error) { doHarm(a.What); return 1, nil })
	nothing = procactor.NewTask[int, int]("nothing", nil)
	emits   = procactor.NewStreamTask("emits", func(_ context.Context, n int, emit func(int) error) error {
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
	emitsNothing = procactor.NewStreamTask[int, int]("emits nothing", nil)
	values       = procactor.NewTask("values", func(_ context.Context, v value) (value, error) { return v, nil }).WithCodec(coder{}, coder{})
	typed        = procactor.NewTask("typed", func(_ context.Context, a ask) (int, error) { return 0, errors.New(a.In + " " + a.What) }).WithErrors(errorCoder{})
	prints       = procactor.NewTask("prints", func(context.Context, int) (int, error) { fmt.Println("a line"); return 1, nil })
)

func workerTasks() []procactor.MainOption {
	tasks := []procactor.MainOption{lasting, began, opens, faulty, does, nothing, emits, emitsNothing, values, typed, prints}
	what := os.Getenv(setupVariable)
	if what == isNil {
		return append(tasks, procactor.Setup(nil), nil)
	}
	return append(tasks, procactor.Setup(func(context.Context) (func(), error) {
		doHarm(what)
		if os.Getenv(cleanupVariable) == "" {
			return nil, nil
		}
		return func() { doHarm(os.Getenv(cleanupVariable)) }, nil
	}))
}

// fail returns an error that does harm when it is looked into.
func fail(_ context.Context, a ask) (int, error) {
	if a.What == isNil {
		var none *fs.PathError
		switch a.In {
		case "wrapped":
			return 0, wraps{none}
		case "joined":
			return 0, errors.Join(fs.ErrExist, none)
		}
		return 0, none
	}
	err := error(troubled{a.In, func() { doHarm(a.What) }})
	switch a.In {
	case "wrapped":
		err = wraps{troubled{"Is", func() { doHarm(a.What) }}}
	case "joined":
		err = errors.Join(fs.ErrExist, troubled{"Error", func() { doHarm(a.What) }})
	}
	return 0, err
}

func lastingBegan(t *testing.T, h procactor.Host) <-chan struct{} {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = began.On(h).Call(t.Context(), 0)
	}()
	return done
}

func lastingEnds(t *testing.T, h procactor.Host) {
	t.Helper()
	_, err := opens.On(h).Call(t.Context(), 0)
	require.NoError(t, err)
}

// value is a value whose codec does harm, at one of four places.
type value struct{ At, What string }

// coder is the codec of a user.
type coder struct{}

func role() string {
	if os.Getenv(roleVariable) != "" {
		return "worker"
	}
	return "parent"
}

// harms are what values do in this process, by their What.
var harms sync.Map

// harmful is a value that does the harm of the test in this process.
func harmful(t *testing.T, at string, harm func()) value {
	t.Helper()
	harms.Store(t.Name(), harm)
	return value{At: "parent " + at, What: t.Name()}
}

func (v value) in(where string) {
	if v.At != role()+" "+where {
		return
	}
	if harm, ok := harms.Load(v.What); ok {
		harm.(func())() //nolint:forcetypeassert // nothing else is stored
	}
	doHarm(v.What)
}

// Append implements codec.Codec.
func (coder) Append(dst []byte, v value) ([]byte, error) {
	v.in("append")
	text, err := json.Marshal(v)
	return append(dst, text...), err
}

// Parse implements codec.Codec.
func (coder) Parse(b []byte) (v value, err error) {
	err = json.Unmarshal(b, &v)
	v.in("parse")
	return v, err
}

// errorCoder is the codec of a user for errors.
type errorCoder struct{}

// Append implements codec.Codec.
func (errorCoder) Append(dst []byte, err error) ([]byte, error) {
	var v value
	_, _ = fmt.Sscan(err.Error(), &v.At, &v.What)
	if v.At == "append" {
		doHarm(v.What)
	}
	return append(dst, err.Error()...), nil
}

// Parse implements codec.Codec.
func (errorCoder) Parse(b []byte) (error, error) {
	if string(b) == "parse " && role() == "parent" {
		panic("of the user")
	}
	return errors.New(string(b)), nil
}

const toolArgument = "foreign-tool"

// playTool is this test as a plain program.
func playTool() {
	if len(os.Args) < 2 || os.Args[1] != toolArgument {
		return
	}
	fmt.Println("up")
	switch os.Args[2] {
	case "copy":
		_, _ = io.Copy(os.Stdout, os.Stdin)
	case "stay":
		fmt.Fprintln(os.Stderr, "says")
		time.Sleep(time.Hour)
	case "fail":
		fmt.Fprintln(os.Stderr, "the reason")
		os.Exit(3)
	}
	os.Exit(0)
}

func tool(how string) []string { return []string{os.Args[0], toolArgument, how} }
