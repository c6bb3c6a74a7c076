package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/proctor-dev/proctor/benchmarks/internal/measure"
)

// The raw ping-pong is the limit that a call is held against: a message behind
// its length, one write to and one read from a pair of pipes, with nothing that
// could fail, be canceled or be told apart.

// pongArg makes this program the other side of the ping-pong.
const pongArg = "pong"

// lengthSize is the size of the length before each message.
const lengthSize = 4

// maxMessage is more than is measured; the sides trust each other with it.
const maxMessage = 2 << 20

// playRaw measures the ping-pong; args are the kind of this side's descriptors
// and the size of a message.
func playRaw(d time.Duration, args []string) (measure.Series, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("raw takes a kind and a size, not %q", args)
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	ours, process, err := startPong(args[0] == "blocking")
	if err != nil {
		return nil, err
	}
	buf := make([]byte, lengthSize+size)
	binary.LittleEndian.PutUint32(buf, uint32(size))
	r, err := measure.Each(d, func() error {
		if _, err := ours.Write(buf); err != nil {
			return err
		}
		return readMessage(ours, buf)
	})
	if cerr := ours.Close(); err == nil {
		err = cerr // the other side ends at the end of its input
	}
	if _, werr := process.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return nil, err
	}
	return measure.Series{"raw/" + args[0] + "/" + args[1]: r}, nil
}

// readMessage fills buf, length and all, in one read where it came as one.
func readMessage(r io.Reader, buf []byte) error {
	if _, err := io.ReadFull(r, buf); err != nil {
		return err
	}
	if n := binary.LittleEndian.Uint32(buf); int(n) != len(buf)-lengthSize {
		return fmt.Errorf("a message of %d bytes came back as %d", len(buf)-lengthSize, n)
	}
	return nil
}

// pong answers every message with itself until there are no more, if the
// program was started for it.
func pong(args []string) bool {
	if len(args) != 2 || args[1] != pongArg {
		return false
	}
	rw := inheritedPipes()
	buf := make([]byte, lengthSize+maxMessage)
	for have := 0; ; {
		n, err := rw.Read(buf[have:])
		if err != nil {
			return true
		}
		have += n
		if have < lengthSize {
			continue
		}
		if whole := lengthSize + int(binary.LittleEndian.Uint32(buf)); have >= whole {
			if _, err := rw.Write(buf[:whole]); err != nil {
				fmt.Fprintln(os.Stderr, "pong:", err)
				return true
			}
			have = 0
		}
	}
}
