package control

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// pipePrefix is where named pipes are, and filePrefix begins what one is called
// that is for a file.
const (
	pipePrefix = `\\.\pipe\`
	filePrefix = "proctor-"
)

func placesFor(name, file string) (Places, error) {
	return Places{Name: pipePrefix + "proctor.name-" + name, File: pipePrefix + filePrefix + file}, nil
}

// ErrTaken says that another process listens at an address.
var ErrTaken = errors.New("another proctor runs there")

// onlyOwner gives the pipe's owner all rights, and nobody else any.
const onlyOwner = "D:P(A;;GA;;;OW)"

// Listen listens at an address, which only this user can connect to. It is a
// named pipe, which ends with its process.
func Listen(address string) (net.Listener, error) {
	l, err := winio.ListenPipe(address, &winio.PipeConfig{SecurityDescriptor: onlyOwner})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, fmt.Errorf("%w: %s: %w", ErrTaken, address, err)
	}
	return l, err
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, address)
}
