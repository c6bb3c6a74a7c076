package supervise_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// BenchmarkRestart is from the crash of a service to its next life;
// benchmarks/restarts.go holds it against another supervisor.
func BenchmarkRestart(b *testing.B) {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	up, crash := make(chan struct{}), make(chan struct{})
	serve := func(ctx context.Context) error {
		select {
		case up <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-crash:
			return errCrash
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_, err := supervise.Start(b.Context(), sys, supervise.Spec{
		Name: "top", Policy: supervise.Policy{Intensity: 1 << 40, Period: time.Millisecond}, Children: []supervise.ChildSpec{supervise.Go("child", serve)},
	})
	require.NoError(b, err)
	<-up
	b.ReportAllocs()
	for b.Loop() {
		crash <- struct{}{}
		<-up
	}
	require.NoError(b, sys.Close(b.Context()))
}
