package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net"
	"os"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
)

// Tree is what a server asks. Errors that are an *[Error] are told with their
// code, others as CodeFailed. ctx ends when the client has gone.
type Tree interface {
	Status(ctx context.Context) (Node, error)
	// Stop of the whole tree, whose path is empty, does not wait.
	Stop(ctx context.Context, path string) error
	Start(ctx context.Context, path string) error
	Restart(ctx context.Context, path string) error
	Reload(ctx context.Context) (Changes, error)
	// Signal signals the process of a child, or all in its process group.
	Signal(ctx context.Context, path string, sig os.Signal, group bool) error
	// Find returns the full path of a child.
	Find(ctx context.Context, path string) (string, error)
	// Events are the last ones that there were, and, with follow, those that come
	// until the tree has ended.
	Events(ctx context.Context, last int, follow bool) iter.Seq[Event]
	Board() *output.Board
}

// Server serves a tree on a listener.
type Server struct {
	tree    Tree
	limits  Limits
	ctx     context.Context
	cancel  context.CancelFunc
	outcome error         // of the tree; set before ending is closed
	ending  chan struct{} // closed when the tree has ended, and nobody can connect
	clients clients
	over    sync.WaitGroup
	sockets []net.Listener
}

// Limits of a server; zero means the default.
type Limits struct {
	Clients int           // at once; 32; those who follow something have three quarters of it
	Request time.Duration // for a client to send its request; 5 seconds
	Write   time.Duration // for a client to take what it is sent; 10 seconds
}

// Serve begins to serve on all of the sockets; Close must be called.
func Serve(sockets []net.Listener, tree Tree, limits Limits) *Server {
	if limits.Clients == 0 {
		limits.Clients = 32
	}
	if limits.Request == 0 {
		limits.Request = 5 * time.Second
	}
	if limits.Write == 0 {
		limits.Write = 10 * time.Second
	}
	s := &Server{tree: tree, limits: limits, sockets: sockets, ending: make(chan struct{})}
	s.clients.places, s.clients.all = limits.Clients, make(map[net.Conn]*client)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, l := range sockets {
		s.over.Go(func() { s.accept(l) })
	}
	return s
}

// farewell is how long those who are served have to hear of the end.
const farewell = time.Second

// Close ends the serving when the tree has ended: whoever follows something is told
// the rest, and that this was the end; whoever has asked for the end of the whole
// tree, that it has come, or the outcome when it is an error. By then the address
// is free for the next tree. Whoever takes too long is left. It returns when nobody
// is served any more.
func (s *Server) Close(outcome error) {
	for _, l := range s.sockets {
		_ = l.Close()
	}
	s.outcome = outcome
	close(s.ending)
	late := time.AfterFunc(farewell, s.cancel)
	s.over.Wait()
	late.Stop()
	s.cancel()
}

func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			if isClosed(s.ending) || errors.Is(err, net.ErrClosed) {
				return
			}
			pause := time.NewTimer(100 * time.Millisecond) // such as: no descriptor is left
			select {
			case <-pause.C:
				continue
			case <-s.ending:
				pause.Stop()
				return
			}
		}
		_ = conn.SetReadDeadline(time.Now().Add(s.limits.Request))
		if s.clients.admit(conn) {
			s.over.Go(func() {
				defer s.clients.leave(conn)
				s.serve(conn)
			})
			continue
		}
		busy(conn)
		_ = conn.Close()
	}
}

// errBusy is told to whoever finds no place, or has lost it.
var errBusy = &Error{CodeBusy, "too many clients are connected to the tree"}

// busy says so. The answer fits into the socket's buffer, or is lost.
func busy(conn net.Conn) {
	_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_ = send(conn, Reply{Version: Version, Error: errBusy})
}

// serve serves one client.
func (s *Server) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the client is done with it, or is hostile
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	req, err := readRequest(conn)
	if !s.clients.works(conn) {
		busy(conn)
		return
	}
	if err == nil && req.follows() && !s.clients.follow(conn) {
		err = errBusy
	}
	if err != nil {
		_ = s.reply(conn, failure(err))
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	gone := make(chan struct{})
	go func() { // it has nothing more to say: what comes, or the end, is the end
		defer close(gone)
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	s.answer(ctx, conn, req)
	_ = conn.Close()
	<-gone
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// readRequest reads one line.
func readRequest(conn io.Reader) (Request, error) {
	r := bufio.NewReaderSize(io.LimitReader(conn, maxRequest+1), maxRequest+1)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return Request{}, &Error{CodeBadRequest, "no whole request came in time, or one that is too long"}
	}
	return ParseRequest(line)
}

func failure(err error) Reply {
	var told *Error
	if !errors.As(err, &told) {
		told = &Error{CodeFailed, err.Error()}
	}
	return Reply{Version: Version, Error: told}
}

// reply sends one line, within the time that a client has.
func (s *Server) reply(conn net.Conn, r Reply) error {
	_ = conn.SetWriteDeadline(time.Now().Add(s.limits.Write))
	if !s.clients.waits(conn) { // behind the deadline, which would undo that of an eviction
		return errClient
	}
	err := send(conn, r)
	if !s.clients.works(conn) {
		return errClient
	}
	return err
}

func send(w io.Writer, r Reply) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

func (s *Server) answer(ctx context.Context, conn net.Conn, req Request) {
	var err error
	done := Reply{Version: Version, End: true}
	switch req.Op {
	case OpStatus:
		var n Node
		if n, err = s.tree.Status(ctx); err == nil {
			done.Tree = &n
		}
	case OpStop:
		err = s.stop(ctx, req.Path)
	case OpStart:
		err = s.tree.Start(ctx, req.Path)
	case OpRestart:
		err = s.tree.Restart(ctx, req.Path)
	case OpReload:
		var c Changes
		if c, err = s.tree.Reload(ctx); err == nil {
			done.Changes = &c
		}
	case OpSignal:
		var sig os.Signal
		if sig, err = ParseSignal(req.Signal); err == nil {
			err = s.tree.Signal(ctx, req.Path, sig, req.Group)
		}
	case OpLogs:
		err = s.logs(ctx, conn, req)
	case OpEvents:
		err = s.events(ctx, conn, req)
	}
	switch {
	case err == nil:
		_ = s.reply(conn, done)
	case !errors.Is(err, errClient):
		_ = s.reply(conn, failure(err))
	}
}

// errClient says that the client takes nothing any more.
var errClient = errors.New("the client has gone")

// stop stops a child, or all, and waits for the end.
func (s *Server) stop(ctx context.Context, path string) error {
	if err := s.tree.Stop(ctx, path); err != nil || path != "" {
		return err
	}
	select {
	case <-s.ending:
		return s.outcome
	case <-ctx.Done():
		return errClient
	}
}

func (s *Server) logs(ctx context.Context, conn net.Conn, req Request) error {
	path, err := s.writer(ctx, req.Path)
	if err != nil {
		return err
	}
	tail, f := s.tree.Board().Follow(path, req.Lines)
	defer f.Close()
	for {
		for _, l := range tail {
			if s.reply(conn, Reply{Version: Version, Line: &l}) != nil {
				return errClient
			}
		}
		if !req.Follow {
			return nil
		}
		select {
		case <-f.Came():
		case <-s.ending:
			req.Follow = false // but for what has just come
		case <-ctx.Done():
			return nil
		}
		tail = f.Take()
	}
}

// writer is whose lines are kept under what a client calls a child. Whoever has
// ended for good, or has instances, is no child any more, but its lines are there.
func (s *Server) writer(ctx context.Context, called string) (string, error) {
	if called == "" {
		return "", nil
	}
	path, err := s.tree.Find(ctx, called)
	if err != nil {
		if known, ok := s.tree.Board().Find(called); ok {
			return known, nil
		}
		return "", err
	}
	return output.Name(path), nil
}

func (s *Server) events(ctx context.Context, conn net.Conn, req Request) error {
	for e := range s.tree.Events(ctx, req.Lines, !req.Once) {
		if s.reply(conn, Reply{Version: Version, Event: &e}) != nil {
			return errClient
		}
	}
	return nil
}
