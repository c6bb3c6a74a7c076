package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

func ExampleEvery() {
	ctx, sys := context.Background(), silent()
	swept := make(chan struct{})
	sweep := func(context.Context) error { swept <- struct{}{}; return nil }
	_, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "shop",
		Children: []supervise.ChildSpec{supervise.Every("sweep", supervise.Interval(time.Hour).AtOnce(), sweep)},
	})
	if err != nil {
		log.Fatal(err)
	}
	<-swept
	fmt.Println("swept")
	fmt.Println(sys.Close(ctx))
	// Output:
	// swept
	// <nil>
}

func ExampleSupervisor_Events() {
	ctx, sys := context.Background(), silent()
	crash := make(chan error)
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:   "shop",
		Policy: supervise.Policy{Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{supervise.Go("poller", func(ctx context.Context) error {
			select {
			case err := <-crash:
				return err
			case <-ctx.Done():
				return nil
			}
		})},
	})
	if err != nil {
		log.Fatal(err)
	}
	events := sup.Events(ctx)
	crash <- errors.New("connection refused")
	for e := range events {
		fmt.Println(e)
		if e.Kind == supervise.EventStarted {
			break
		}
	}
	fmt.Println(sys.Close(ctx))
	// Output:
	// shop/poller exited, restart: connection refused
	// shop/poller restart 1 of 3 within 1m0s: connection refused
	// shop/poller started
	// <nil>
}

func ExampleSupervisor_StartInstance() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "sessions",
		Policy:   supervise.Policy{Strategy: supervise.SimpleOneForOne},
		Children: []supervise.ChildSpec{supervise.ActorFunc("session", func(_ context.Context, s string) (int, error) { return len(s), nil })},
	})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		pid, err := sup.StartInstance(ctx, nil)
		fmt.Println(pid.Name, err)
	}
	fmt.Println(actor.RefAt[string, int](sys, "sessions/session#2").Call(ctx, "hello"))
	fmt.Println(sys.Close(ctx))
	// Output:
	// sessions/session#1 <nil>
	// sessions/session#2 <nil>
	// 5 <nil>
	// <nil>
}

func ExampleSupervisor_Snapshot() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name: "shop",
		Children: []supervise.ChildSpec{
			supervise.Go("poller", wait),
			supervise.Child(supervise.Spec{Name: "orders", Children: []supervise.ChildSpec{supervise.Go("clerk", wait)}}),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sup.TerminateChild(ctx, "poller"))
	s, err := sup.Snapshot(ctx)
	for _, c := range s.Children {
		fmt.Printf("%s is %s\n", c.ID, c.Phase)
		if c.Supervisor != nil {
			for _, below := range c.Supervisor.Children {
				fmt.Printf("  %s is %s\n", below.ID, below.Phase)
			}
		}
	}
	fmt.Println(err, sys.Close(ctx))
	// Output:
	// <nil>
	// poller is stopped
	// orders is running
	//   clerk is running
	// <nil> <nil>
}

func ExampleSupervisor_Change() {
	ctx, sys := context.Background(), silent()
	spec := func(children ...supervise.ChildSpec) supervise.Spec {
		return supervise.Spec{Name: "shop", Children: children}
	}
	sup, err := supervise.Start(ctx, sys, spec(supervise.Go("poller", wait), supervise.Go("mailer", wait)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sup.Change(ctx, spec(supervise.Go("indexer", wait), supervise.Go("poller", wait))))
	children, err := sup.WhichChildren(ctx)
	for _, c := range children {
		fmt.Println(c.ID, c.State)
	}
	fmt.Println(err)
	fmt.Println(sup.Change(ctx, spec(supervise.Go("a", wait), supervise.Go("a", wait))))
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// poller running
	// indexer running
	// <nil>
	// supervise: supervisor "shop": child "a": ID is used twice; give each child its own id
	// <nil>
}
