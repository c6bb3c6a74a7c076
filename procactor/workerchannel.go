package procactor

import (
	"cmp"
	"io"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// usersChannel is what a Worker's Channel made of the worker's channel.
type usersChannel struct{ rwc io.ReadWriteCloser }

// Read implements [io.Reader].
func (u usersChannel) Read(p []byte) (int, error) { return stdio.SafeReader(u.rwc).Read(p) }

// Write implements [io.Writer].
func (u usersChannel) Write(p []byte) (n int, err error) {
	if fault := foreign.Survive(func() { n, err = u.rwc.Write(p) }); fault != nil {
		return 0, stdio.FaultOf("the Write of what Worker.Channel returned", fault)
	}
	return n, actor.SafeError(err)
}

// Close implements [io.Closer]. One that does not return is left behind.
func (u usersChannel) Close() error { return stdio.SafeClose(u.rwc) }

var _ link.Link = (*osproc.Duplex)(nil)

// linkOf is a worker's channel as its connection uses it. One that was made by a
// user may be anything: callers leave its reading to a goroutine.
func linkOf(rw io.ReadWriteCloser) link.Link {
	if d, ok := rw.(*osproc.Duplex); ok {
		return d
	}
	return link.Plain(rw)
}

// channelOf is what the Worker's Channel makes of the worker's channel; that
// itself when there is none, or something is wrong with it.
func channelOf(w Worker, own io.ReadWriteCloser) (io.ReadWriteCloser, error) {
	if w.Channel == nil {
		return own, nil
	}
	made, fault := foreign.ApartFor(cmp.Or(w.StartTimeout, defaultStartTimeout), func() io.ReadWriteCloser { return w.Channel(own) })
	switch {
	case fault != nil:
		return own, &WorkerError{Field: "Channel", Problem: "went wrong", Hint: "have it return what the frames are read from and written to", Err: stdio.FaultOf("the function", fault)}
	case made == nil:
		return own, &WorkerError{Field: "Channel", Problem: "returned nil", Hint: "return what it was given, or what wraps that"}
	}
	if _, ours := made.(*osproc.Duplex); ours {
		return made, nil
	}
	return usersChannel{made}, nil
}
