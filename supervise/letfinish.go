package supervise

import "context"

type letFinishKey struct{}

// LetFinish returns a context whose end does not cut a TerminateChild short:
// who waits is let go, with the error of ctx, and the child has its whole time
// to stop. While the request waits for its turn the end of ctx takes it back as
// ever. It is for those who ask for others, such as a client that may go.
func LetFinish(ctx context.Context) context.Context {
	return context.WithValue(ctx, letFinishKey{}, true)
}

func letsFinish(ctx context.Context) bool { return ctx.Value(letFinishKey{}) != nil }
