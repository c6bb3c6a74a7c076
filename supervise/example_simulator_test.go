package supervise_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// shop is a tree that a program might have.
func shop() supervise.Spec {
	return supervise.Spec{
		Name:   "shop",
		Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 2, Period: 10 * time.Second},
		Children: []supervise.ChildSpec{
			supervise.Go("stock", nil),
			supervise.Go("till", nil),
			supervise.Go("door", nil),
		},
	}
}

// What becomes of the shop when the till crashes again and again.
func ExampleSimulator() {
	sim := supervise.NewSimulator(shop(), supervise.SimulatorOptions{})
	if err := sim.Boot(); err != nil {
		fmt.Println(err)
	}
	booted := len(sim.Trace())
	for range 3 {
		if err := sim.Exit(errors.New("no change"), "till"); err != nil {
			fmt.Println(err)
		}
		if err := sim.Advance(time.Second); err != nil {
			fmt.Println(err)
		}
	}
	for _, line := range sim.Trace()[booted:] {
		fmt.Println(line)
	}
	// Output:
	// {"event":"step","step":0}
	// {"event":"exit","child":"till","reason":"no change"}
	// {"event":"stop","child":"door","how":"shutdown"}
	// {"event":"start","child":"till"}
	// {"event":"start","child":"door"}
	// {"event":"step","step":1}
	// {"event":"step","step":2}
	// {"event":"exit","child":"till","reason":"no change"}
	// {"event":"stop","child":"door","how":"shutdown"}
	// {"event":"start","child":"till"}
	// {"event":"start","child":"door"}
	// {"event":"step","step":3}
	// {"event":"step","step":4}
	// {"event":"exit","child":"till","reason":"no change"}
	// {"event":"stop","child":"door","how":"shutdown"}
	// {"event":"stop","child":"stock","how":"shutdown"}
	// {"event":"supervisor_exit","supervisor":"","reason":"reached_max_restart_intensity"}
	// {"event":"step","step":5}
}

// What a reload would restart.
func ExampleSimulator_Change() {
	sim := supervise.NewSimulator(shop(), supervise.SimulatorOptions{})
	if err := sim.Boot(); err != nil {
		fmt.Println(err)
	}
	booted := len(sim.Trace())
	larger := shop()
	larger.Children = append(larger.Children, supervise.Go("café", nil))
	if err := sim.Change("", larger, "door"); err != nil {
		fmt.Println(err)
	}
	for _, line := range sim.Trace()[booted:] {
		fmt.Println(line)
	}
	// Output:
	// {"event":"step","step":0}
	// {"event":"stop","child":"door","how":"shutdown"}
	// {"event":"start","child":"door"}
	// {"event":"start","child":"café"}
	// {"event":"reply","step":0,"result":"ok"}
}

// Why a child waits: the decisions have reasons.
func ExampleSimulator_Events() {
	spec := shop()
	spec.Policy.Backoff = supervise.Backoff{Initial: 4 * time.Second, Exact: true}
	sim := supervise.NewSimulator(spec, supervise.SimulatorOptions{})
	if err := sim.Boot(); err != nil {
		fmt.Println(err)
	}
	booted := len(sim.Events())
	for range 2 {
		if err := sim.Exit(errors.New("no change"), "door"); err != nil {
			fmt.Println(err)
		}
	}
	if err := sim.Advance(time.Minute); err != nil {
		fmt.Println(err)
	}
	for _, event := range sim.Events()[booted:] {
		fmt.Println(event.At.Sub(supervise.Epoch()), event)
	}
	// Output:
	// 0s shop/door exited, restart: no change
	// 0s shop/door restart 1 of 2 within 10s: no change
	// 0s shop/door started
	// 0s shop/door exited, restart: no change
	// 0s shop/door restart 2 of 2 within 10s, in 4s: no change
	// 4s shop/door started
}
