package actor

import (
	"context"
	"log/slog"
	"sync"
)

// Down says that a life ended. Every watcher of a life gets exactly one.
type Down struct {
	PID    PID
	Reason error // never nil; ErrNoActor when the life was over before the watch
}

// LogValue implements [slog.LogValuer].
func (d Down) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("pid", d.PID), slog.Any("reason", d.Reason))
}

// watcher is one pending Watch: it ends by one Down or by its context.
type watcher struct {
	out  chan Down // capacity 1, so that delivering never blocks
	mu   sync.Mutex
	done bool        // protected by mu
	stop func() bool // detaches from the context
}

func newWatcher() *watcher { return &watcher{out: make(chan Down, 1)} }

// deliver hands over the Down, unless the watch has ended.
func (w *watcher) deliver(d Down) {
	w.mu.Lock()
	if w.done {
		w.mu.Unlock()
		return
	}
	w.done = true
	w.out <- d
	close(w.out)
	stop := w.stop
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// cancelOn ends the watch without a Down when ctx ends; forget is called then.
func (w *watcher) cancelOn(ctx context.Context, forget func()) {
	if ctx == nil || ctx.Done() == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return
	}
	w.stop = context.AfterFunc(ctx, func() {
		w.mu.Lock()
		ended := w.done
		if !ended {
			w.done = true
			close(w.out)
		}
		w.mu.Unlock()
		if !ended {
			forget()
		}
	})
}
