package logrelay

import (
	"context"
	"log/slog"
	"reflect"
	"slices"
	"sync/atomic"
	"time"
)

// handler queues what it is given. Attributes and groups are kept as they came,
// and the handler behind is asked for its own form of them where its records
// are handed on.
type handler struct {
	relay    *Relay
	parent   *handler
	attrs    []slog.Attr
	group    string
	patience <-chan struct{} // until it is closed who logs here waits; nil: not longer than Patience
	made     atomic.Pointer[made]
}

// made is what the handler behind has made of a handler.
type made struct {
	of      *slog.Logger
	handler slog.Handler
}

// isPatient reports whether the patience of whoever logs here lasts.
func (h *handler) isPatient() bool {
	select {
	case <-h.patience:
		return false
	default:
		return true
	}
}

// base is the handler behind.
type base struct {
	logger  *slog.Logger
	handler slog.Handler
	known   bool // it is one of log/slog, which does not block to say what is enabled
}

// current returns the handler behind as it is now.
func (r *Relay) current() base {
	logger := r.logger()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.base.logger == logger {
		return r.base
	}
	h := logger.Handler()
	if own, ok := h.(*handler); ok && own.relay == r {
		// The program made its default logger of this one: what was there before
		// still is where it all goes.
		if r.base.handler == nil {
			return base{logger: logger, handler: slog.DiscardHandler, known: true}
		}
		return r.base
	}
	if h == nil { // of a slog.Logger that nobody made
		h = slog.DiscardHandler
	}
	r.base = base{logger: logger, handler: h, known: isKnown(h)}
	return r.base
}

// isKnown reports whether h is of log/slog and asks no other handler.
func isKnown(h slog.Handler) bool {
	if _, many := h.(*slog.MultiHandler); many {
		return false
	}
	t := reflect.TypeOf(h)
	if t.Kind() == reflect.Pointer {
		if reflect.ValueOf(h).IsNil() {
			return false
		}
		t = t.Elem()
	}
	return t.PkgPath() == reflect.TypeFor[slog.Record]().PkgPath()
}

// target returns what the handler behind makes of h. It calls the user's code.
func (h *handler) target(b base) slog.Handler {
	if h.parent == nil {
		return b.handler
	}
	if m := h.made.Load(); m != nil && m.of == b.logger {
		return m.handler
	}
	t := h.parent.target(b)
	switch {
	case h.group != "":
		t = t.WithGroup(h.group)
	case len(h.attrs) > 0:
		t = t.WithAttrs(h.attrs)
	}
	h.made.Store(&made{b.logger, t})
	return t
}

// Enabled asks the handler behind. One that does not say it in time, or
// panics, is asked again when the record is handed on.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	b := h.relay.current()
	if b.known {
		return known(ctx, b.handler, level)
	}
	return h.relay.asking.enabled(func() bool { return h.target(b).Enabled(ctx, level) })
}

// known asks a handler of log/slog, whose answer does not depend on attributes
// and groups.
func known(ctx context.Context, h slog.Handler, level slog.Level) (enabled bool) {
	defer func() {
		if recover() != nil { // in the Leveler of its options
			enabled = true
		}
	}()
	return h.Enabled(ctx, level)
}

// Handle queues the record, and waits for it as [Relay.Logger] says.
func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	e := &entry{from: h, ctx: ctx, record: record.Clone(), size: sizeOf(record), done: make(chan struct{})}
	if h.relay.add(e) {
		h.relay.await(e)
	}
	return nil
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	return &handler{relay: h.relay, parent: h, attrs: slices.Clone(attrs), patience: h.patience}
}

// WithGroup implements [slog.Handler].
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &handler{relay: h.relay, parent: h, group: name, patience: h.patience}
}

// sizeOf is about what a record keeps in memory.
func sizeOf(record slog.Record) int {
	const fixed, each = 256, 64
	size := fixed + len(record.Message)
	record.Attrs(func(a slog.Attr) bool {
		size += each + len(a.Key)
		if a.Value.Kind() == slog.KindString {
			size += len(a.Value.String())
		}
		return true
	})
	return size
}

// asking asks what may not answer.
type asking struct{ unanswered atomic.Int32 }

// enabled returns the answer of ask, and true when there is none in time, or
// while an earlier one has none.
func (a *asking) enabled(ask func() bool) bool {
	if a.unanswered.Load() > 0 {
		return true
	}
	var settled atomic.Bool // by the answer, or by the end of the wait for it
	answer := make(chan bool, 1)
	go func() {
		enabled := true
		defer func() {
			_ = recover() // the record itself tells of it
			if settled.Swap(true) {
				a.unanswered.Add(-1)
			}
			answer <- enabled
		}()
		enabled = ask()
	}()
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	select {
	case enabled := <-answer:
		return enabled
	case <-limit.C:
		if settled.Swap(true) {
			return <-answer // in this moment
		}
		a.unanswered.Add(1)
		return true
	}
}
