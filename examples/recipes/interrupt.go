package recipes

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// serveUntilAsked runs serve until it returns, or Ctrl-C or TERM comes, and then
// stops everything in reverse order. What has not ended after ten seconds is
// killed; what even then still runs is named in the error.
func serveUntilAsked(ctx context.Context, sys *actor.System, serve func(context.Context) error) error {
	asked, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	err := serve(asked)
	if asked.Err() != nil {
		err = nil // it ended because it was asked to
	}
	stop() // a second Ctrl-C ends the program at once
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, sys.Close(late))
}
