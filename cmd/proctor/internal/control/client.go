package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"time"
)

// ErrNobody says that no tree is run behind a socket.
var ErrNobody = errors.New("no tree is run there")

// ErrForbidden says that another user may ask the tree behind a socket, and this
// one not.
var ErrForbidden = errors.New("that socket is for another user")

// ErrCut says that an answer ended before it was whole: the tree has ended, or
// was too slow a reader's.
var ErrCut = errors.New("the tree's proctor has ended the connection")

// Ask sends a request to the tree at the first of the addresses where there is
// one, and has take called with each reply, until one says End; the error of a
// reply is that of Ask, as an *[Error]. It ends with ctx.
func Ask(ctx context.Context, addresses []string, req Request, take func(Reply) error) error {
	conn, err := dialFirst(ctx, addresses)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it was read to its end, or is of no use
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	req.Version = Version
	line, err := json.Marshal(req)
	if err != nil {
		return err
	}
	if _, err := conn.Write(append(line, '\n')); err != nil && !isCut(err) { // it may have said why
		return gone(ctx, err)
	}
	err = readReplies(conn, take)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// dialFirst connects to the first that there is. Its error is about the last.
func dialFirst(ctx context.Context, addresses []string) (conn net.Conn, err error) {
	for _, address := range addresses {
		if conn, err = dial(ctx, address); err == nil {
			return conn, nil
		}
		kind := ErrNobody
		if errors.Is(err, fs.ErrPermission) {
			kind = ErrForbidden
		}
		var op *net.OpError
		if errors.As(err, &op) && op.Err != nil { // it says the address, too
			err = op.Err
		}
		err = fmt.Errorf("%w: %s: %w", kind, address, err)
	}
	return nil, err
}

// isCut reports whether the other side has closed.
func isCut(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

func gone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", ErrCut, err)
}

func readReplies(from io.Reader, take func(Reply) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxReply)
	for lines.Scan() {
		r, err := ParseReply(lines.Bytes())
		if err != nil {
			return err
		}
		if r.Error != nil {
			return r.Error
		}
		if err := take(r); err != nil {
			return err
		}
		if r.End {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrCut, err)
	}
	return ErrCut
}
