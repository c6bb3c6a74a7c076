package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// A ledger is the truth about calls: a file to which each task appends the
// number of its call as the first thing that it does. Whoever has made the calls
// holds what was said of them against it.

// begin notes in the ledger that a call runs. One write of so few bytes to the
// end of a file is not torn, whoever else writes.
func begin(path string, call uint64) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(binary.LittleEndian.AppendUint64(nil, call))
	return errors.Join(err, f.Close())
}

// begun reads how often each call has run.
func begun(path string) (map[uint64]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	runs := map[uint64]int{}
	from := bufio.NewReader(f)
	for {
		var entry [8]byte
		switch _, err := io.ReadFull(from, entry[:]); {
		case errors.Is(err, io.EOF):
			return runs, nil
		case err != nil:
			return nil, err
		}
		runs[binary.LittleEndian.Uint64(entry[:])]++
	}
}
