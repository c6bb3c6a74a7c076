package procactor_test

import (
	"context"
	"encoding/binary"
	"os"
	"runtime"

	"github.com/proctor-dev/proctor/procactor"
)

// pouring is how much a stream is to emit, and how its worker then ends.
type pouring struct {
	Items, Size int
	File        string // has how many items emit took; empty: none
	Place       int    // of the number in the file
	End         string
}

// pour emits items of one size, which begin with their number; several streams
// at once.
var pour = procactor.NewStreamTask("pour", func(ctx context.Context, p pouring, emit func([]byte) error) error {
	taken := func(int) error { return nil }
	if p.File != "" {
		f, err := os.OpenFile(p.File, os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // what counts is written
		taken = func(n int) error {
			_, err := f.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(n)), int64(8*p.Place))
			return err
		}
	}
	item := make([]byte, max(p.Size, 8))
	for n := range p.Items {
		binary.LittleEndian.PutUint64(item, uint64(n))
		if err := emit(item); err != nil {
			return err
		}
		if err := taken(n + 1); err != nil {
			return err
		}
	}
	return endsBy(ctx, p.End)
}).Concurrent(8)

// endsBy ends a task in one of the ways that take its process along, or well.
func endsBy(ctx context.Context, how string) error {
	switch how {
	case "panic":
		panic("poured out")
	case "exit":
		os.Exit(3)
	case "exit 0":
		os.Exit(0)
	case "goexit":
		runtime.Goexit()
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// tasksOfDelivery are those of this file.
func tasksOfDelivery() []procactor.AnyTask { return []procactor.AnyTask{pour} }
