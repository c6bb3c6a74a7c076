package main

import (
	"context"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/procactor"
)

// measure is what all three runs do with a file.
var measure = analyze.New(func(ctx context.Context) int { return procactor.CallFrom(ctx).Attempt })

// analysis is measure as a task of worker processes. It only reads, so it may
// be delivered again after a crash.
var analysis = procactor.NewTask[analyze.Request, analyze.Result]("analyze", measure).
	WithErrors(codec.Error(codec.CBOR[*analyze.ParseError]())).
	Idempotent()
