package recipes

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
)

// album is code that uses a Ref, and does not know what is behind it.
func album(ctx context.Context, thumbs actor.Ref[[]byte, []byte], images ...string) (string, error) {
	var all string
	for _, image := range images {
		small, err := thumbs.Call(ctx, []byte(image))
		if err != nil {
			return "", err
		}
		all += string(small)
	}
	return all, nil
}
