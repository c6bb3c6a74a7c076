package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// shortage is a typed error of a task.
type shortage struct {
	Item string
	Have int
}

func (s shortage) Error() string { return fmt.Sprintf("only %d of %s", s.Have, s.Item) }

// What the test binary can do as a worker.
var (
	square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })
	echo   = procactor.NewTask("echo", func(_ context.Context, b []byte) ([]byte, error) { return b, nil })
	// count emits the numbers below n, or all there are when n is negative.
	count = procactor.NewStreamTask("count", func(_ context.Context, n int, emit func(int) error) error {
		for i := 0; i != n; i++ {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
	misbehave = procactor.NewTask("misbehave", doWrong)
	// fetch fails with its typed error, or without one for an empty name.
	fetch = procactor.NewTask("fetch", func(_ context.Context, item string) (int, error) {
		if item == "" {
			return 0, errors.New("no item named")
		}
		return 0, fmt.Errorf("fetch: %w", shortage{Item: item, Have: 2})
	}).WithErrors(codec.Error(codec.Default[shortage]()))
	// grow replies with n bytes.
	grow = procactor.NewTask("grow", func(_ context.Context, n int) ([]byte, error) { return bytes.Repeat([]byte("g"), n), nil })
	// blank reads its input as JSON, which most bytes are not.
	blank = procactor.NewTask("blank", func(_ context.Context, n int) (int, error) { return n, nil }).
		WithCodec(codec.JSON[int](), codec.JSON[int]())
	// blocks emits items of a kibibyte, and fails behind them.
	blocks = procactor.NewStreamTask("blocks", func(_ context.Context, n int, emit func([]byte) error) error {
		for range n {
			if err := emit(make([]byte, 1<<10)); err != nil {
				return err
			}
		}
		return io.ErrUnexpectedEOF
	})
	process = procactor.NewTask("process", func(context.Context, struct{}) (int, error) { return os.Getpid(), nil })
	// puppet does what its test says while it runs; puppets do so several at once.
	puppet  = procactor.NewTask("puppet", obey)
	puppets = procactor.NewTask("puppets", obey).Concurrent(8)
)

func tasks() []procactor.MainOption {
	return []procactor.MainOption{
		square, echo, count, misbehave, fetch, grow, blank, blocks, process, puppet, puppets, kitCall, kitStream,
	}
}

// doWrong does each of the things a task should not, by name.
func doWrong(ctx context.Context, how string) (string, error) {
	if where, ok := strings.CutPrefix(how, "hog "); ok {
		return how, hogIn(where)
	}
	switch how {
	case "panic":
		panic("boom")
	case "panic with an error":
		panic(fmt.Errorf("deep down: %w", io.ErrClosedPipe))
	case "nil":
		var s *shortage
		return s.Item, nil
	case "map":
		writeAtOnce()
	case "goexit":
		runtime.Goexit()
	case "exit":
		os.Exit(3)
	case "exit0":
		os.Exit(0)
	case "error":
		return "", fmt.Errorf("not here: %w", os.ErrNotExist)
	case "wait":
		<-ctx.Done()
		return "", ctx.Err()
	case "hang":
		select {}
	case "print":
		fmt.Println("out")
		fmt.Fprintln(os.Stderr, "err")
	case "print and wait":
		fmt.Println("out")
		<-ctx.Done()
		return "", ctx.Err()
	case "words":
		fmt.Fprintln(os.Stderr, "the disk is full")
		os.Exit(4)
	case "words of long ago":
		fmt.Fprintln(os.Stderr, "a line of long ago")
		<-time.After(4 * time.Second) // past the bound of last words
		os.Exit(4)
	case "memory":
		if err := limitMemory(); err != nil {
			return "", err
		}
		return string(make([]byte, 1<<30)), nil
	case "memory of many":
		return "", lackMemoryWithMany()
	case "time":
		if err := limitTime(); err != nil {
			return "", err
		}
		for ctx.Err() == nil {
			runtime.Gosched()
		}
	case "chatter":
		fmt.Fprintln(os.Stderr, "the first words")
		fmt.Fprint(os.Stderr, strings.Repeat("blah ", 200<<10/5))
		fmt.Fprintln(os.Stderr, "\nthe last words")
		os.Exit(4)
	}
	return how, nil
}

// writeAtOnce has the runtime find concurrent writes of a map, which nothing
// can recover from.
func writeAtOnce() {
	m := make(map[int]int)
	for i := range 8 {
		m[i] = i // one that grows while it is written at once dies in more ways than one
	}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				m[i%8] = i
			}
		})
	}
	writers.Wait()
}
