package link

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Consume gives the items of a stream to take until the stream or ctx ends, or
// take returns an error; a body is valid until take returns. Credit is given back
// as items are taken, in pieces of half a window.
func (c *Conn) Consume(ctx context.Context, x *Exchange, take func(body []byte) error) error {
	c.ensureReader()
	var spent uint32
	half := max(c.limits.Window/2, 1)
	for {
		ended := x.Answered() // before the items: what came before the end is taken first
		for _, body := range x.takeItems() {
			if err := take(body); err != nil {
				return err
			}
			spent += uint32(max(len(body), 1))
			if spent >= half {
				c.credit(x, spent)
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
func (c *Conn) credit(x *Exchange, n uint32) {
	end := x.grant(n, c.out.Sent())
	_ = c.out.Enqueue(wire.KindCredit, x.id, Bytes(wire.AppendCredit(nil, n)), end)
}
