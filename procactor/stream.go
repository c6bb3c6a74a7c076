package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// consume gives the items of a stream to take until the stream or ctx ends, or
// take returns an error. Credit is given back as items are taken, in pieces of
// half a window.
func (s *seat) consume(ctx context.Context, x *exchange, take func(body []byte) error) error {
	var spent uint32
	half := max(s.conn.limits.Window/2, 1)
	for {
		ended := x.isReady() // before the items: what came before the end is taken first
		for _, body := range x.takeItems() {
			if err := take(body); err != nil {
				return err
			}
			spent += uint32(max(len(body), 1))
			if spent >= half {
				s.conn.credit(x, spent)
				spent = 0
			}
		}
		if err := x.whole(); err != nil {
			return err
		}
		if ended {
			return nil
		}
		select {
		case <-x.ready:
		case <-ctx.Done():
			return actor.ContextError(ctx)
		}
	}
}

// credit grants the worker n more bytes of a stream.
func (c *conn) credit(x *exchange, n uint32) {
	end := x.grant(n, c.out.sent())
	_ = c.out.enqueue(wire.KindCredit, x.id, bytesOf(wire.AppendCredit(nil, n)), end)
}
