package targettest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// Handle is what the actor under test does with each request; it has the shape
// of [actor.Behavior]'s Receive. It may be called from several goroutines.
func Handle(ctx context.Context, req Request, emit func(Response) error) error {
	var phone *handlerLine
	if req.Line != "" {
		var err error
		if phone, err = dial(ctx, req.Line, req.Key); err != nil {
			return err
		}
		defer phone.close()
	}
	if req.Op == Emit {
		if err := emitItems(ctx, req, phone, emit); err != nil || req.Then == Echo {
			return err
		}
		return perform(ctx, req.Then, req, phone, func(Response) error { return nil })
	}
	return perform(ctx, req.Op, req, phone, emit)
}

// perform does one operation that is not Emit.
func perform(ctx context.Context, op Op, req Request, phone *handlerLine, emit func(Response) error) error {
	echo := Response{N: req.N, Text: req.Text}
	switch op {
	case Echo, Note:
		return emit(echo)
	case Fail:
		return errors.New(req.Text)
	case Panic:
		panic(req.Text)
	case Exit:
		return &ExitRequest{Code: req.N}
	case Hold:
		if err := phone.hold(ctx); err != nil {
			return err
		}
		return emit(echo)
	case Block:
		if err := phone.hold(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		return emit(echo)
	case Value:
		text, _ := ctx.Value(valueKey{}).(string)
		return emit(Response{Text: text})
	case Emit:
	}
	return fmt.Errorf("targettest: no operation %d here", op)
}

// emitItems sends the items, and tells how many whenever it is asked.
func emitItems(ctx context.Context, req Request, phone *handlerLine, emit func(Response) error) error {
	var sent atomic.Int64
	if phone != nil && req.Then == Echo {
		stop := phone.answer(&sent)
		defer stop()
	}
	for i := 0; i != req.N; i++ {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := emit(Response{N: i, Text: req.Text}); err != nil {
			return err
		}
		sent.Add(1)
	}
	return nil
}

// handlerLine is the handler's end of a connection to the test.
type handlerLine struct {
	conn net.Conn
	in   *bufio.Reader
}

// dial reports the key and returns when the test has taken note.
func dial(ctx context.Context, addr, key string) (*handlerLine, error) {
	conn, err := new(net.Dialer).DialContext(context.WithoutCancel(ctx), "tcp", addr)
	if err != nil {
		return nil, err
	}
	h := &handlerLine{conn: conn, in: bufio.NewReader(conn)}
	if _, err := fmt.Fprintf(conn, "%s\n", key); err != nil {
		h.close()
		return nil, err
	}
	if _, err := h.in.ReadByte(); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *handlerLine) close() { _ = h.conn.Close() }

// hold waits for a byte, the end of the connection, or of ctx.
func (h *handlerLine) hold(ctx context.Context) error {
	if h == nil {
		return errors.New("targettest: Hold and Block need a Line")
	}
	released := make(chan struct{})
	go func() {
		defer close(released)
		_, _ = h.in.ReadByte()
	}()
	select {
	case <-released:
		_, _ = fmt.Fprintln(h.conn, reportReleased)
		return nil
	case <-ctx.Done():
		_, _ = fmt.Fprintln(h.conn, reportCanceled)
		<-released // so that the caller's own end is the first, whoever is faster
		return fmt.Errorf("held: %w", ctx.Err())
	}
}

// answer writes the number for each byte that comes, until stop, which writes
// it a last time.
func (h *handlerLine) answer(sent *atomic.Int64) (stop func()) {
	var mu sync.Mutex
	done := make(chan struct{})
	tell := func(format string) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintf(h.conn, format, sent.Load())
	}
	go func() {
		defer close(done)
		for {
			if _, err := h.in.ReadByte(); err != nil {
				return
			}
			tell("%d\n")
		}
	}()
	return func() {
		tell(reportSent + "%d\n")
		h.close()
		<-done
	}
}

// What a handler reports on its line.
const (
	reportReleased = "released"
	reportCanceled = "canceled"
	reportSent     = "sent "
)
