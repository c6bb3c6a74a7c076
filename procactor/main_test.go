package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
)

var (
	square = procactor.NewTask("square", func(_ context.Context, n int) (int, error) { return n * n, nil })
	echo   = procactor.NewTask("echo", func(_ context.Context, b []byte) ([]byte, error) { return b, nil })
	count  = procactor.NewStreamTask("count", func(_ context.Context, n int, emit func(int) error) error {
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
	misbehave = procactor.NewTask("misbehave", func(ctx context.Context, how string) (string, error) {
		switch how {
		case "panic":
			panic("boom")
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
		}
		return how, nil
	})
)

func TestMain(m *testing.M) {
	procactor.Main(square, echo, count, misbehave)
	os.Exit(m.Run())
}

var _ = errors.New
var _ = time.Second
