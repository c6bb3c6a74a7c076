package procactor

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/proctor-dev/proctor/actor"
)

// sentinel is an error that keeps its identity over the wire, by name.
type sentinel struct {
	mark string
	err  error
}

// sentinels lists them. The names are part of the protocol.
func sentinels() []sentinel {
	return []sentinel{
		{"context.Canceled", context.Canceled},
		{"context.DeadlineExceeded", context.DeadlineExceeded},
		{"io.EOF", io.EOF},
		{"io.ErrUnexpectedEOF", io.ErrUnexpectedEOF},
		{"fs.ErrNotExist", fs.ErrNotExist},
		{"fs.ErrExist", fs.ErrExist},
		{"fs.ErrPermission", fs.ErrPermission},
		{"fs.ErrInvalid", fs.ErrInvalid},
		{"os.ErrDeadlineExceeded", os.ErrDeadlineExceeded},
		{"errors.ErrUnsupported", errors.ErrUnsupported},
		{"actor.ErrFull", actor.ErrFull},
		{"actor.ErrNoActor", actor.ErrNoActor},
	}
}

// marksOf names the sentinels that err is.
func marksOf(err error) []string {
	var marks []string
	for _, s := range sentinels() {
		if errors.Is(err, s.err) {
			marks = append(marks, s.mark)
		}
	}
	return marks
}

// marked returns the sentinels of the given names; unknown ones are ignored.
func marked(marks []string) []error {
	var errs []error
	for _, m := range marks {
		for _, s := range sentinels() {
			if s.mark == m {
				errs = append(errs, s.err)
			}
		}
	}
	return errs
}
