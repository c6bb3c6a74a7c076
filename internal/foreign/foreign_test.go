package foreign_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/internal/foreign"
)

func TestApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		defer close(goOn)
		for _, test := range []struct {
			name string
			f    func() int
			want string // empty: it returns
		}{
			{"returns", func() int { return 7 }, ""},
			{"panics", func() int { panic("boom") }, "panic: boom"},
			{"panics with nil", func() int { panic(nil) }, "panic: panic called with nil argument"},
			{"exits", func() int { runtime.Goexit(); return 1 }, "runtime.Goexit was called"},
			{"blocks", func() int { <-goOn; return 1 }, "did not return within 5s"},
		} {
			got, fault := foreign.Apart(test.f)
			if test.want == "" {
				require.Nil(t, fault, test.name)
				assert.Equal(t, 7, got)
				continue
			}
			require.NotNil(t, fault, test.name)
			assert.Contains(t, fault.Error(), test.want)
			assert.Zero(t, got)
		}
	})
}

// Survive waits for as long as it takes.
func TestSurvive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		assert.Nil(t, foreign.Survive(func() { time.Sleep(time.Hour) }))
		assert.Equal(t, time.Hour, time.Since(begin))
		assert.Equal(t, &foreign.Fault{}, foreign.Survive(runtime.Goexit))
		fault := foreign.Survive(func() { panic(1) })
		assert.Equal(t, 1, fault.Panic)
		assert.Contains(t, string(fault.Stack), "TestSurvive")
	})
}

// fussy does something when it is asked for io.EOF, and knows what it is.
type fussy struct{ do func() }

func (fussy) Error() string { return "fussy" }

func (f fussy) Is(target error) bool {
	if target == io.EOF {
		f.do()
	}
	return target == fs.ErrExist
}

func TestIsAndAs(t *testing.T) {
	good := fmt.Errorf("a: %w", errors.Join(io.ErrNoProgress, &fs.PathError{Op: "open", Path: "p", Err: fs.ErrExist}))
	assert.True(t, foreign.Is(good, fs.ErrExist))
	assert.False(t, foreign.Is(good, io.EOF))
	assert.False(t, foreign.Is(nil, io.EOF))
	path, ok := foreign.As[*fs.PathError](good)
	require.True(t, ok)
	assert.Equal(t, "p", path.Path)
	_, ok = foreign.As[*fs.PathError](io.EOF)
	assert.False(t, ok)
	_, ok = foreign.As[fussy](fmt.Errorf("a: %w", fussy{}))
	assert.True(t, ok)
	for _, do := range []func(){runtime.Goexit, func() { panic("is") }} {
		err := fmt.Errorf("a: %w", fussy{do})
		assert.False(t, foreign.Is(err, io.EOF))
		assert.True(t, foreign.Is(err, fs.ErrExist))
		assert.Nil(t, foreign.Examine(err), "it does no harm to others")
		assert.Equal(t, "a: fussy", foreign.Text(err))
	}
	var none *fs.PathError
	assert.Contains(t, foreign.Text(none), "whose Error went wrong")
}

// What everybody returns costs no goroutine, and nothing at all.
func TestExamineCostsNothing(t *testing.T) {
	err := errors.New("plain")
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = foreign.Examine(err) }))
}
