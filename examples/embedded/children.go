package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// errSuspicious is a class of errors that the file knows by a name.
var errSuspicious = errors.New("the books do not add up")

// price is the task of the worker process. A negative article crashes it.
var price = procactor.NewTask("price", func(_ context.Context, article int) (int, error) {
	if article < 0 {
		fmt.Fprintln(os.Stderr, "no such article")
		os.Exit(3)
	}
	return 100 + article, nil
})

// world is what the failures of the children depend on.
type world struct {
	northDown atomic.Bool   // the feed's other side cannot be reached
	hangUp    chan struct{} // it ends the connection
	cooked    atomic.Bool   // the audit will find something
}

// fill gives the children of the file, by their paths in it.
func (w *world) fill() policy.Fill {
	return policy.Fill{
		Children: map[string]supervise.ChildSpec{
			"stock":       supervise.Actor("stock", newStock),
			"prices":      procactor.ProcessChild("prices", procactor.Self()),
			"audit":       supervise.Every("audit", supervise.Interval(10*time.Millisecond), w.audit),
			"feeds/north": supervise.Go("north", w.north),
			"feeds/south": supervise.Go("south", south),
		},
		Errors: map[string]error{"suspicious": errSuspicious},
	}
}

// newStock is an actor that counts, and panics when it would go below zero.
func newStock(actor.Ref[int, int]) actor.Behavior[int, int] {
	n := 0
	return actor.Func[int, int](func(_ context.Context, add int) (int, error) {
		if n+add < 0 {
			panic("less than nothing in stock")
		}
		n += add
		return n, nil
	})
}

func (w *world) audit(context.Context) error {
	if w.cooked.Load() {
		return errSuspicious
	}
	return nil
}

func (w *world) north(ctx context.Context) error {
	if w.northDown.Load() {
		return errors.New("north does not answer")
	}
	select {
	case <-w.hangUp:
		return errors.New("north hung up")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// south is a feed that has nothing to tell.
func south(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
