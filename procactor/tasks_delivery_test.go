package procactor_test

import (
	"context"
	"encoding/binary"
	"errors"
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

// branding is a file that a task leaves a byte in when it begins, and a load.
type branding struct {
	File string
	Load []byte
}

func brandFile(b branding) error {
	f, err := os.OpenFile(b.File, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Close())
}

// These leave a mark when they begin. They have one key, so that a death for
// which a call of theirs is blamed shows, though it is delivered again.
var (
	brand = procactor.NewTask("brand", func(_ context.Context, b branding) (bool, error) {
		return true, brandFile(b)
	}).WithKey(func(branding) string { return "brand" })
	brands = procactor.NewTask("brands", func(_ context.Context, b branding) (bool, error) {
		return true, brandFile(b)
	}).WithKey(func(branding) string { return "brands" }).Concurrent(8)
	brandStream = procactor.NewStreamTask("brand stream", func(_ context.Context, b branding, emit func(bool) error) error {
		return errors.Join(brandFile(b), emit(true))
	})
)

// tasksOfDelivery are those of this file.
func tasksOfDelivery() []procactor.MainOption {
	return []procactor.MainOption{pour, brand, brands, brandStream}
}
