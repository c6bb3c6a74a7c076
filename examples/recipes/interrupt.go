package recipes

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// serveUntilAsked runs serve until Ctrl-C or TERM, and then stops everything in
// reverse order. What has not ended after ten seconds is killed, and named in
// the error.
func serveUntilAsked(ctx context.Context, sys *actor.System, serve func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return sys.Close(late)
}
