package procactor

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Halves returns the parent's ends of a worker's two pipes, as a
// Worker.Channel is given them.
func Halves(rw io.ReadWriteCloser) (replies, requests *os.File) {
	d, ok := rw.(*osproc.Duplex)
	if !ok {
		return nil, nil
	}
	return d.Replies, d.Requests
}

// Duplex is a worker's channel made of two pipes: callers read and write it
// themselves, as they do without a Worker.Channel.
func Duplex(replies, requests *os.File) io.ReadWriteCloser {
	return osproc.NewDuplex(replies, requests)
}

// KnowsUnread tells whether this system can say what a dead worker has not read.
func KnowsUnread() bool {
	r, w, err := os.Pipe()
	if err != nil {
		return false
	}
	defer osproc.CloseAll(r, w)
	_, _ = w.WriteString("four")
	n, ok := osproc.NewDuplex(r, w).Unread()
	return ok && n == len("four")
}

// Ping asks the host's workers for a sign of life, as their watches do.
func Ping(h Host) {
	if c, err := ownOf(h).find(); err == nil {
		for _, s := range livesOf(c) {
			s.conn.Ping()
		}
	}
}

// Open returns how many requests the host has admitted that have not ended,
// and how many calls its workers run.
func (p *Process) Open() (admitted, running int) {
	for _, s := range livesOf(p.dispatcher) {
		p.dispatcher.mu.Lock()
		running += s.running
		p.dispatcher.mu.Unlock()
	}
	return int(p.dispatcher.open.Load()), running
}

// WriteInPieces has the parent cut its messages into frames of n bytes, which
// no HELLO may ask for, but any sender may do.
func WriteInPieces(h Host, n uint32) {
	if c, err := ownOf(h).find(); err == nil {
		for _, s := range livesOf(c) {
			s.conn.WriteFramesOf(n)
		}
	}
}

// MainInPieces is Main in a worker that cuts its messages into frames of n bytes.
func MainInPieces(n int, tasks ...MainOption) {
	boot, isWorker, err := readBootstrap(os.LookupEnv)
	if !isWorker || err != nil {
		return
	}
	ch, err := openChannels(boot.channels)
	if err != nil {
		os.Exit(osproc.ExitNotServed)
	}
	code := newServer(newCatalog(tasks), ch.in, &pieces{w: ch.out, n: n}, ch.crash).serve()
	if code == exitOrphaned {
		_, _ = ch.crash.WriteString(orphanNote)
		endOwnGroup()
	}
	os.Exit(code)
}

// pieces cuts the frames written to it that may be continued.
type pieces struct {
	w io.Writer
	n int
}

func (p *pieces) Write(b []byte) (int, error) {
	var out []byte
	for rest := b; len(rest) > 0; {
		h, err := wire.ParseHeader(rest)
		if err != nil {
			return 0, err
		}
		body := rest[wire.HeaderSize : wire.HeaderSize+int(h.Length)]
		rest = rest[wire.HeaderSize+int(h.Length):]
		if p.n <= 0 || len(body) <= p.n || h.Kind != wire.KindReply && h.Kind != wire.KindItem {
			out = wire.AppendFrame(out, h.Kind, h.Flags, h.ID, body)
			continue
		}
		for kind := h.Kind; len(body) > 0; kind = wire.KindChunk {
			piece := body[:min(p.n, len(body))]
			body = body[len(piece):]
			flags := h.Flags
			if len(body) > 0 {
				flags |= wire.FlagMore
			}
			out = wire.AppendFrame(out, kind, flags, h.ID, piece)
		}
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Ends are one side's ends of a wire.
type Ends struct {
	In  io.ReadCloser
	Out io.WriteCloser
}

// Close closes both.
func (e Ends) Close() error { return errors.Join(e.Out.Close(), e.In.Close()) }

// Inside is a worker without a process: the loop that a worker process runs,
// on a goroutine of this one, so that time can be a bubble's. Its frames may be
// cut into pieces of so many bytes; zero: they are not.
func Inside(dial func() (parent, worker Ends), piece int, tasks ...MainOption) Worker {
	return Worker{inside: func() (spawned, error) {
		ours, theirs := dial()
		p := &inner{ends: theirs, over: make(chan struct{})}
		go func() {
			code := newServer(newCatalog(tasks), theirs.In, &pieces{w: theirs.Out, n: piece}, nil).serve()
			if code == exitOrphaned {
				p.exit(-1, os.Kill) // by endOwnGroup
				return
			}
			p.exit(code, nil)
		}()
		return spawned{running: p, frames: joined{ours.In, ours}}, nil
	}}
}

// joined makes one channel of two pipes.
type joined struct {
	io.Reader
	io.WriteCloser
}

// Write makes Ends an io.WriteCloser.
func (e Ends) Write(p []byte) (int, error) { return e.Out.Write(p) }

// inner is a process that is none: it ends as one would that does nothing
// about signals.
type inner struct {
	ends Ends
	over chan struct{}

	once sync.Once
	code int
	sig  os.Signal
}

func (p *inner) exit(code int, sig os.Signal) {
	p.once.Do(func() {
		p.code, p.sig = code, sig
		_ = p.ends.Close()
		close(p.over)
	})
}

func (p *inner) Pid() int { return 1 }

func (p *inner) Wait() osproc.Status {
	<-p.over
	return osproc.Status{Code: p.code, Signal: p.sig}
}

func (p *inner) Terminate()            { p.exit(-1, syscall.SIGTERM) }
func (p *inner) Dump()                 { p.exit(2, nil) }
func (p *inner) Manner() osproc.Manner { return osproc.MannerUntold }
func (p *inner) Sighted()              {}
func (p *inner) Leaving() bool         { return false }
func (p *inner) KillGroup()            { p.exit(-1, os.Kill) }

// Unreapable is an Inside whose process not even KILL ends until it is released.
func Unreapable(release <-chan struct{}, tasks ...MainOption) Worker {
	w := Inside(func() (parent, worker Ends) {
		toWorker, fromParent := io.Pipe()
		toParent, fromWorker := io.Pipe()
		return Ends{toParent, fromParent}, Ends{toWorker, fromWorker}
	}, 0, tasks...)
	begin := w.inside
	w.inside = func() (spawned, error) {
		s, err := begin()
		s.running = unreapable{s.running, release}
		return s, err
	}
	return w
}

type unreapable struct {
	running
	release <-chan struct{}
}

func (unreapable) Terminate() {}
func (unreapable) Dump()      {}
func (unreapable) KillGroup() {}

func (u unreapable) Wait() osproc.Status {
	<-u.release
	u.running.KillGroup()
	return u.running.Wait()
}
