package main

import (
	"context"
	"encoding/json"
	"io"
)

// message is a line: to the program "do" and "cancel", from it "item" with an answer,
// and at the end of a request "end", or "error" with a text.
type message struct {
	Say, Task string
	Body      []byte
}

// handler does one request; item sends an answer, or one of several.
type handler func(ctx context.Context, task string, body []byte, item func(body []byte) error) error

// serve is the program: it does what it is told until its input ends. It knows
// nothing of Proctor, and could be written in any language.
func serve(in io.Reader, out io.Writer, do handler) {
	told, say := make(chan message), json.NewEncoder(out)
	go func() {
		defer close(told)
		lines := json.NewDecoder(in)
		for m := (message{}); lines.Decode(&m) == nil; m = (message{}) {
			told <- m
		}
	}()
	for m := range told {
		if m.Say != "do" {
			continue // a cancel that came when all was done
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- do(ctx, m.Task, m.Body, func(body []byte) error {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return say.Encode(message{Say: "item", Body: body})
			})
		}()
		last := awaitEnd(told, ended, cancel)
		if last == nil || say.Encode(last) != nil {
			return
		}
	}
}

// awaitEnd returns the last line of a request; nil when the input has ended.
func awaitEnd(told <-chan message, ended <-chan error, cancel func()) *message {
	defer cancel()
	for {
		select {
		case err := <-ended:
			if err != nil {
				return &message{Say: "error", Body: []byte(err.Error())}
			}
			return &message{Say: "end"}
		case m, ok := <-told:
			if !ok {
				return nil
			}
			if m.Say == "cancel" {
				cancel()
			}
		}
	}
}
