package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/internal/foreign"
)

// Functions of users that run on the goroutine of a call. A panic in one is the
// error of that call. To end the goroutine ends what runs on it.

// appendValue encodes v. On an error dst is as it was.
func appendValue[T any](c codec.Codec[T], dst []byte, v T) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = dst, actor.NewPanicError(p)
		}
	}()
	out, err = c.Append(dst, v)
	return out, actor.SafeError(err)
}

// parseValue decodes b within so much memory.
func parseValue[T any](c codec.Codec[T], b []byte, memory int64) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			var none T
			v, err = none, actor.NewPanicError(p)
		}
	}()
	v, err = codec.ParseWithin(c, b, memory)
	return v, actor.SafeError(err)
}

// keyOf is the key of a request.
func keyOf[In any](key func(In) string, in In) (k string, err error) {
	defer func() {
		if p := recover(); p != nil {
			k, err = "", actor.NewPanicError(p)
		}
	}()
	return key(in), nil
}

// survived calls f, which may end its goroutine, and waits for it as long as it
// takes. The error is its own, or says how it went wrong.
func survived(f func() error) error {
	ended := make(chan error, 1)
	go func() {
		err := error(&actor.BadError{Type: "function", Fault: (&foreign.Fault{}).Error()})
		defer func() { ended <- err }()
		err = caught(f)
	}()
	return <-ended
}

// caught calls f and makes an error of its panic.
func caught(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = actor.NewPanicError(p)
		}
	}()
	return actor.SafeError(f())
}

// orBackground is ctx, or for nil one that nothing ends.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
