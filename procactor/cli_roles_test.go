package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// handVariable makes a start of the test binary one of the programs that a
// person runs by hand.
const handVariable = "PROCTOR_TEST_BY_HAND"

// playByHand returns if this is no such program.
func playByHand() {
	part := os.Getenv(handVariable)
	switch part {
	case "":
		return
	case "tasks":
		procactor.Main(handTasks()...)
	case "set-up":
		procactor.Main(append(handTasks(), procactor.Setup(note("first")))...)
	case "set-up fails":
		procactor.Main(append(handTasks(), procactor.Setup(func(context.Context) (func(), error) {
			return nil, errors.New("the model file is missing")
		}))...)
	case "set-up hangs":
		procactor.Main(append(handTasks(), procactor.Setup(func(ctx context.Context) (func(), error) {
			fmt.Fprintln(os.Stderr, "setting up")
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}))...)
	case "loses":
		procactor.Main(square, meet)
	case "twice":
		procactor.Main(square, square)
	case "nothing":
		procactor.Main()
	default:
		procactor.Main(square, process, variable)
		os.Exit(playDebugParent(part))
	}
	fmt.Println("the program goes on")
	os.Exit(0)
}

// parcel is an input with something of each sort.
type parcel struct {
	Item    string            `json:"item"`
	Count   int               `json:"count,omitempty"`
	Price   float64           `json:"price"`
	Sent    time.Time         `json:"sent"`
	Labels  map[string]string `json:"labels"`
	Inner   *parcel           `json:"inner"`
	Sizes   [2]int            `json:"sizes"`
	Data    []byte            `json:"data"`
	Any     any               `json:"any"`
	skipped bool
}

// message is an interface that JSON cannot make.
type message interface{ message() }

type hello struct{ Name string }

func (hello) message() {}

// page is so long that some hundred are more than a stream's window.
var page = strings.Repeat("x", 1<<10)

// handTasks is a bit of everything.
func handTasks() []procactor.MainOption {
	messages, err := codec.Union[message](hello{})
	if err != nil {
		return nil
	}
	return []procactor.MainOption{
		square,
		procactor.NewTask("wrap", func(_ context.Context, p parcel) (parcel, error) {
			p.Inner = &parcel{Item: p.Item, skipped: true}
			return p, nil
		}).Idempotent(),
		handTool("tool"),
		fetch,
		procactor.NewStreamTask("count", func(_ context.Context, n int, emit func(int) error) error {
			for i := range n {
				if err := emit(i); err != nil {
					fmt.Fprintln(os.Stderr, "nobody wants more:", errors.Is(err, context.Canceled))
					return err
				}
			}
			if n == 3 {
				return errors.New("three is enough")
			}
			return nil
		}).Concurrent(4),
		procactor.NewStreamTask("pages", func(_ context.Context, n int, emit func(string) error) error {
			for range n {
				if err := emit(page); err != nil {
					return err
				}
			}
			return nil
		}),
		procactor.NewTask("reverse", func(_ context.Context, b []byte) ([]byte, error) {
			out := make([]byte, len(b))
			for i, c := range b {
				out[len(b)-1-i] = c
			}
			return out, nil
		}).WithCodec(codec.Raw(), codec.Raw()),
		procactor.NewTask("greet", func(_ context.Context, m message) (string, error) {
			h, _ := m.(hello)
			return "hello " + h.Name, nil
		}).WithCodec(messages, codec.JSON[string]()),
		process,
		misbehave,
		procactor.NewTask("print", func(_ context.Context, how string) (string, error) {
			fmt.Println("from Go")
			if how == "child" {
				c := exec.Command(os.Args[0])
				c.Env = append(os.Environ(), handVariable+"=nothing")
				c.Stdout = os.Stdout
				return how, c.Run()
			}
			return how, nil
		}),
		procactor.NewTask("until", func(ctx context.Context, _ struct{}) (string, error) {
			_, limited := ctx.Deadline()
			fmt.Fprintln(os.Stderr, "waiting, limited:", limited)
			<-ctx.Done()
			fmt.Fprintln(os.Stderr, "canceled:", context.Cause(ctx))
			return "", ctx.Err()
		}),
		procactor.NewTask("nowhere", func(context.Context, struct{}) (func(), error) { return func() {}, nil }).
			WithCodec(nil, noCodec{}),
		procactor.NewTask("late", func(_ context.Context, text string) (string, error) {
			return "", fmt.Errorf("%s: %w", text, context.DeadlineExceeded)
		}),
		procactor.NewTask("impatient", func(ctx context.Context, _ struct{}) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}).WithTimeout(20 * time.Millisecond),
		procactor.NewTask("deaf", func(context.Context, struct{}) (string, error) {
			fmt.Fprintln(os.Stderr, "not listening")
			select {}
		}),
		handTool("brief").WithTimeout(20 * time.Millisecond),
	}
}

// chore is the input of a command that a person runs.
type chore struct{ Use, Stdin string }

// handTool is a command task that runs a tool, or fails otherwise.
func handTool(name string) procactor.Task[chore, string] {
	build := func(ctx context.Context, c chore, _ string) (procactor.Command, error) {
		cmd := procactor.Command{
			Path: os.Args[0], Stdin: strings.NewReader(c.Stdin),
			Env: append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, handVariable+"=") }),
				roleVariable+"=tool "+c.Use),
		}
		switch c.Use {
		case "print":
			fmt.Println("from build")
		case "missing":
			cmd.Path = "no-such-program-anywhere"
		case "refuse":
			call := procactor.CallFrom(ctx)
			return cmd, fmt.Errorf("refused: key %q, attempt %d", call.Key, call.Attempt)
		case "panic":
			panic("boom")
		case "goexit":
			runtime.Goexit()
		case "wait":
			<-ctx.Done()
			return cmd, ctx.Err()
		case "late":
			return cmd, fmt.Errorf("the database: %w", context.DeadlineExceeded)
		}
		return cmd, nil
	}
	return procactor.NewCommandTask(name, build, func(r procactor.Result) (string, error) {
		if r.ExitCode != 0 {
			return "", fmt.Errorf("the tool: %w", shortage{Item: "exit code", Have: r.ExitCode})
		}
		return string(r.Stdout), nil
	}).WithErrors(codec.Error(codec.Default[shortage]())).WithKey(func(c chore) string { return c.Use })
}

// noCodec encodes what nothing else does.
type noCodec struct{}

func (noCodec) Append(dst []byte, _ func()) ([]byte, error) { return append(dst, 'f'), nil }
func (noCodec) Parse([]byte) (func(), error)                { return func() {}, nil }

// cliCommandLine is the test binary as that program, run by hand.
func cliCommandLine(part string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), handVariable+"="+part)
	return cmd
}

// byHand runs it to its end.
func byHand(part, stdin string, args ...string) (stdout, stderr string, code int) {
	return runByHand(cliCommandLine(part, args...), stdin)
}

func runByHand(cmd *exec.Cmd, stdin string) (stdout, stderr string, code int) {
	var out, errs strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if cmd.Start() == nil {
		guard := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		guard.Stop()
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
