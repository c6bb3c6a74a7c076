package procactor_test

import (
	"context"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// doubler is a Host of your own: it does what it is asked right here. Another would
// ask a service, or a program that stays: see examples/ownhost.
type doubler struct{ *procactor.HostLife }

// Do implements procactor.Host.
func (doubler) Do(_ context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	if r.Task != "double" || r.Op != "call" {
		return &actor.CallError{Delivery: actor.NotSent, Err: fmt.Errorf("%w: %s", actor.ErrRefused, r.Task)}
	}
	n, err := codec.JSON[int]().Parse(r.Body)
	if err != nil {
		return &actor.RawError{Class: 3, Message: err.Error()}
	}
	return reply(fmt.Append(nil, 2*n))
}

// A way to do tasks is added by a Host: the task and the code that calls it stay as
// they are.
func ExampleHost() {
	double := procactor.NewTask[int, int]("double", nil).WithCodec(codec.JSON[int](), codec.JSON[int]())
	h := doubler{procactor.NewHostLife("doubler")}
	fmt.Println(double.On(h).Call(context.Background(), 21))
	// Output: 42 <nil>
}

// What a Host of your own has one life long.
func ExampleNewHostLife() {
	life := procactor.NewHostLife("printer")
	down := life.Watch(context.Background())
	_, up := life.PID()
	fmt.Println(life.Name(), up)
	life.End(actor.ErrShutdown)
	_, up = life.PID()
	fmt.Println(up, (<-down).Reason)
	// Output:
	// printer true
	// false shutdown
}
