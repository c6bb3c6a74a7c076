package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
	"github.com/proctor-dev/proctor/procactor"
)

// firstByteArg makes this program write one byte and end, first thing.
const firstByteArg = "first-byte"

func firstByte(args []string) bool {
	if len(args) != 2 || args[1] != firstByteArg {
		return false
	}
	_, _ = os.Stdout.Write([]byte{1})
	return true
}

// playStart measures three ways to a process that does something, in turns: a
// worker up to its first reply, a bare exec of the same program up to its first
// byte, and one of a minimal program. How each ends is not timed. args is the
// minimal program.
func playStart(d time.Duration, args []string) (measure.Series, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("start takes the minimal program, not %q", args)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	starter := &starter{sys: actor.NewSystem(), in: bytes.Repeat([]byte{7}, 128)}
	kinds := []struct {
		name  string
		start func() (time.Duration, error)
	}{
		{"start/worker", starter.worker},
		{"start/raw", func() (time.Duration, error) { return execToByte(self, firstByteArg) }},
		{"start/minimal", func() (time.Duration, error) { return execToByte(args[0]) }},
	}
	samples := make([][]time.Duration, len(kinds))
	warm := true
	for begin := time.Now(); warm || time.Since(begin) < d; warm = false {
		for i, k := range kinds {
			took, err := k.start()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			if !warm {
				samples[i] = append(samples[i], took)
			}
		}
	}
	out := measure.Series{}
	for i, k := range kinds {
		out[k.name] = measure.Reduce(samples[i])
	}
	return out, starter.sys.Close(context.Background())
}

type starter struct {
	sys *actor.System
	in  []byte
	n   int
}

// worker starts a worker process, calls it once, and stops it.
func (s *starter) worker() (time.Duration, error) {
	ctx := context.Background()
	s.n++
	name := fmt.Sprint("worker", s.n)
	begin := time.Now()
	p, err := procactor.Start(ctx, s.sys, name, procactor.Self())
	if err != nil {
		return 0, err
	}
	_, err = echoRaw.On(p).Call(ctx, s.in)
	took := time.Since(begin)
	return took, errors.Join(err, p.Stop(ctx))
}

// execToByte starts a program and waits for the first byte on its stdout.
func execToByte(program string, args ...string) (time.Duration, error) {
	begin := time.Now()
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	process, err := os.StartProcess(program, append([]string{program}, args...), &os.ProcAttr{Files: []*os.File{nil, w, os.Stderr}})
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return 0, err
	}
	var b [1]byte
	_, err = io.ReadFull(r, b[:])
	took := time.Since(begin)
	_, werr := process.Wait()
	return took, errors.Join(err, werr)
}
