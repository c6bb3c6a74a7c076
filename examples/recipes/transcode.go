package recipes

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var transcode = procactor.NewTask("transcode", func(ctx context.Context, _ string) (string, error) {
	fmt.Println("frame 1")
	<-ctx.Done()
	return "", ctx.Err()
})

var errStopped = errors.New("the user pressed stop")

// transcodeUntil runs a long job until it is done or stop is closed. What the
// worker prints goes to log meanwhile.
func transcodeUntil(ctx context.Context, stop <-chan struct{}, log io.Writer, jobs actor.Ref[string, string], film string) (string, error) {
	job, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-stop:
			cancel(errStopped)
		case <-job.Done():
		}
	}()
	return jobs.Call(procactor.WithOutput(job, log, log), film)
}
