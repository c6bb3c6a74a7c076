package procactor

import (
	"errors"
	"syscall"

	"github.com/proctor-dev/proctor/actor"
)

// refusal makes an error one of [actor.ErrRefused]: it comes again each time.
type refusal struct{ err error }

func (r *refusal) Error() string        { return r.err.Error() }
func (r *refusal) Unwrap() error        { return r.err }
func (r *refusal) Is(target error) bool { return target == actor.ErrRefused }

// refused is err as a refusal.
func refused(err error) error { return &refusal{err} }

// isPassing tells what a system lacks only now, when it cannot start a process.
func isPassing(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
