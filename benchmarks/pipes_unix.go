//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// startPong starts the other side of the ping-pong on a pair of pipes, whose
// ends are blocking there. Here they are blocking descriptors read by plain
// system calls, or files in the runtime's poller.
func startPong(blocking bool) (io.ReadWriteCloser, *os.Process, error) {
	theirR, ourW, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	ourR, theirW, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	// Handing a file to a child makes its description blocking.
	process, err := os.StartProcess(program, []string{program, pongArg}, &os.ProcAttr{Files: []*os.File{nil, nil, os.Stderr, theirR, theirW}})
	if err := errors.Join(err, theirR.Close(), theirW.Close()); err != nil {
		return nil, nil, err
	}
	files := &filePair{ourR, ourW}
	if !blocking {
		return files, process, nil
	}
	pair := &fdPair{r: int(ourR.Fd()), w: int(ourW.Fd()), keep: files}
	return pair, process, errors.Join(syscall.SetNonblock(pair.r, false), syscall.SetNonblock(pair.w, false))
}

// inheritedPipes are the pipes that startPong hands over.
func inheritedPipes() io.ReadWriter { return &fdPair{r: 3, w: 4} }

// filePair is a pair of pipes in the runtime's poller.
type filePair struct{ r, w *os.File }

func (p *filePair) Read(b []byte) (int, error)  { return p.r.Read(b) }
func (p *filePair) Write(b []byte) (int, error) { return p.w.Write(b) }
func (p *filePair) Close() error                { return errors.Join(p.w.Close(), p.r.Close()) }

// fdPair is a pair of pipes as bare blocking descriptors.
type fdPair struct {
	r, w int
	keep *filePair // the files that the descriptors are of; may be nil
}

func (p *fdPair) Read(b []byte) (int, error) {
	for {
		n, err := syscall.Read(p.r, b)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if n == 0 && err == nil {
			err = io.EOF
		}
		return max(n, 0), err
	}
}

func (p *fdPair) Write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		n, err := syscall.Write(p.w, b[done:])
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

func (p *fdPair) Close() error { return p.keep.Close() }
