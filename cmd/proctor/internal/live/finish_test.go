package live

import (
	"errors"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
)

func TestFinishOf(t *testing.T) {
	t.Parallel()
	auto := func(child string, reason error) error {
		return &supervise.AutoShutdownError{Child: child, Reason: reason}
	}
	exit := &procactor.ExitError{Code: 42}
	for name, tt := range map[string]struct {
		reason error
		want   Finish
		ok     bool
	}{
		"stopped":             {actor.ErrShutdown, Finish{}, false},
		"gave up":             {&supervise.IntensityError{}, Finish{}, false},
		"well":                {auto("a", actor.ErrNormal), Finish{"a", 0, actor.ErrNormal}, true},
		"code":                {auto("a", exit), Finish{"a", 42, exit}, true},
		"of one beneath":      {auto("b", auto("a", exit)), Finish{"b/a", 42, exit}, true},
		"of a function":       {auto("a", errTest), Finish{"a", 1, errTest}, true},
		"one beneath gave up": {auto("b", &supervise.IntensityError{}), Finish{"b", 1, &supervise.IntensityError{}}, true},
	} {
		f, ok := FinishOf(tt.reason)
		assert.Equal(t, tt.want, f, name)
		assert.Equal(t, tt.ok, ok, name)
	}
	killed := &procactor.ExitError{Code: -1, Signal: syscall.SIGKILL}
	f, _ := FinishOf(auto("a", killed))
	assert.Equal(t, 137, f.Code)
}

var errTest = errors.New("test")
