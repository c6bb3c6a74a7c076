package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os/exec"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// host is a procactor.Host: a program that does one request after the other.
type host struct {
	*procactor.HostLife
	in   *json.Encoder
	said chan message
	turn chan struct{} // filled while a request is under way
}

func start(name string, cmd *exec.Cmd) (*host, error) {
	in, noIn := cmd.StdinPipe()
	out, noOut := cmd.StdoutPipe()
	if err := cmp.Or(noIn, noOut, cmd.Start()); err != nil {
		return nil, err
	}
	h := &host{procactor.NewHostLife(name), json.NewEncoder(in), make(chan message), make(chan struct{}, 1)}
	go func() {
		for m, lines := (message{}), json.NewDecoder(out); lines.Decode(&m) == nil; m = (message{}) {
			h.said <- m
		}
		_ = in.Close() // the program ends, if it has not
		h.End(cmp.Or(cmd.Wait(), actor.ErrShutdown))
	}()
	return h, nil
}

// Do implements procactor.Host.
func (h *host) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return &actor.CallError{Delivery: actor.NotSent, Err: ctx.Err()}
	}
	if err := h.in.Encode(message{"do", r.Task, r.Body}); err != nil {
		<-h.turn
		return &actor.CallError{Delivery: actor.NotSent, Err: errors.Join(actor.ErrNoActor, err)}
	}
	if r.Op == "cast" {
		go func() { _ = h.talk(context.WithoutCancel(ctx), reply) }()
		return nil
	}
	return h.talk(ctx, reply)
}

// talk brings the request to its end that was told to the program.
func (h *host) talk(ctx context.Context, reply func(body []byte) error) error {
	defer func() { <-h.turn }()
	for done := ctx.Done(); ; {
		select {
		case m := <-h.said:
			switch m.Say {
			case "item":
				_ = reply(m.Body) // when nobody wants it, ctx ends
			case "end":
				return nil
			case "error":
				return &actor.RawError{Message: string(m.Body)}
			}
		case <-done:
			done = nil
			_ = h.in.Encode(message{Say: "cancel"})
		case <-h.Ended():
			return &actor.CallError{Delivery: actor.Unknown, Err: h.Reason()}
		}
	}
}
