package recipes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var thumbnail = procactor.NewTask("thumbnail", shrink).
	Idempotent().                 // when its worker dies a call is delivered again, twice at most
	WithTimeout(10 * time.Second) // waiting for a worker included; one that goes on is killed after Worker.Grace

func shrink(_ context.Context, image []byte) ([]byte, error) {
	return image[:min(3, len(image))], nil
}

var (
	errRefuse = errors.New("refused: this image kills workers")
	errBusy   = errors.New("busy: try again")
)

// shrinkOn makes a thumbnail on a pool, and says what a caller should do.
func shrinkOn(ctx context.Context, thumbs actor.Ref[[]byte, []byte], image []byte) ([]byte, error) {
	small, err := thumbs.Call(ctx, image)
	var poison *procactor.PoisonError
	switch {
	case err == nil:
		return small, nil
	case errors.As(err, &poison): // it, or its key, killed three workers or hung them
		return nil, errRefuse
	case actor.MayRetry(err): // it did not start, and somebody is there or will come
		return nil, errBusy
	default: // the error says what happened, and how far the call got
		return nil, fmt.Errorf("no thumbnail: %w", err)
	}
}

// startThumbnails starts a worker for each processor, behind one queue.
func startThumbnails(ctx context.Context, sys *actor.System) (actor.Ref[[]byte, []byte], error) {
	pool, err := procactor.StartPool(ctx, sys, "thumbnails", procactor.Self(), procactor.PoolConfig{})
	if err != nil {
		return actor.Ref[[]byte, []byte]{}, err
	}
	return thumbnail.On(pool), nil
}
