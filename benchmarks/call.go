package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
	"github.com/proctor-dev/proctor/procactor"
)

func echo(_ context.Context, in []byte) ([]byte, error) { return in, nil }

// The tasks of the worker that is measured: the same function with both codecs,
// and one that runs for many callers at once.
var (
	echoRaw      = procactor.NewTask("echo-raw", echo).WithCodec(codec.Raw(), codec.Raw())
	echoCBOR     = procactor.NewTask("echo-cbor", echo)
	echoTogether = procactor.NewTask("echo-together", echo).WithCodec(codec.Raw(), codec.Raw()).Concurrent(16)
)

// playCall measures calls of a worker; args are the codec, the size of request
// and reply, and the number of callers.
func playCall(d time.Duration, args []string) (measure.Series, error) {
	if len(args) != 3 {
		return nil, fmt.Errorf("call takes a codec, a size and a number, not %q", args)
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	callers, err := strconv.Atoi(args[2])
	if err != nil {
		return nil, err
	}
	task := echoRaw
	switch {
	case callers > 1:
		task = echoTogether
	case args[0] == "cbor":
		task = echoCBOR
	}
	ctx := context.Background()
	sys := actor.NewSystem()
	worker, err := procactor.Start(ctx, sys, "worker", procactor.Self())
	if err != nil {
		return nil, err
	}
	ref := task.On(worker)
	in := bytes.Repeat([]byte{7}, size)
	op := func() error {
		out, err := ref.Call(ctx, in)
		if err == nil && len(out) != len(in) {
			err = fmt.Errorf("%d bytes came back as %d", len(in), len(out))
		}
		return err
	}
	var r measure.Result
	if callers > 1 {
		r, err = measure.Together(d, callers, op)
	} else {
		r, err = measure.Each(d, op)
	}
	if cerr := sys.Close(ctx); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return measure.Series{fmt.Sprintf("call/%s/%s/%s", args[0], args[1], args[2]): r}, nil
}
