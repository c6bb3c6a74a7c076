package codec_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor/codec"
)

// Types of which a part would be lost.
type (
	hidden struct{ n int } //nolint:unused // it is not written
	stamp  time.Time
	event  struct {
		time.Time
		Name string
	}
	ambiguous struct { // both have MarshalText, so it has none
		netip.Addr
		netip.Prefix
		Name string
	}
	base struct{ ID int }
	Base struct{ ID int }
	both struct {
		Base
		ID int
	}
	leftX  struct{ X int }
	rightX struct{ X int }
	twice  struct {
		leftX
		rightX
	}
	left     struct{ Base }
	right    struct{ Base }
	siblings struct {
		left
		right
	}
	unset struct {
		*base
		Name string
	}
	locked struct {
		sync.Mutex
		N int
	}
	nilMethod struct{ *big.Int }
	readHalf  struct { // writes itself, and is read by what it embeds
		time.Time
		Name string
	}
	loop  *loop
	worse struct{ Cause error }
)

func (h readHalf) MarshalBinary() ([]byte, error) { return []byte(h.Name), nil }
func (h readHalf) MarshalText() ([]byte, error)   { return []byte(h.Name), nil }
func (h readHalf) MarshalJSON() ([]byte, error)   { return []byte(`{}`), nil }

func TestTypesThatLoseAPartAreRefusedByName(t *testing.T) {
	t.Parallel()
	refused[hidden](t, "", "codec_test.hidden has no exported field", "CJ")
	refused[struct{ At []map[string]*hidden }](t, ".At[][]", "codec_test.hidden has no exported field", "CJ")
	refused[struct{ When stamp }](t, ".When", "codec_test.stamp has no exported field", "CJ")
	refused[event](t, "", "embeds time.Time, whose Marshal", "CJ")
	refused[ambiguous](t, ".Addr", "is embedded, so that only its fields are written", "CJ")
	refused[both](t, ".Base.ID", "has the name of .ID, which is written in its place", "CJ")
	refused[twice](t, ".leftX.X", "has the name of .rightX.X, so that neither is written", "CJ")
	refused[siblings](t, ".left.Base", "is embedded twice", "CJ")
	refused[unset](t, ".base", "cannot be set when it is read", "CJ")
	refused[*locked](t, ".Mutex", "sync.Mutex has no exported field", "CJ")
	refused[struct{ N atomic.Int64 }](t, ".N", "atomic.Int64 has no exported field", "CJ")
	refused[nilMethod](t, "", "is called on a nil pointer", "CJ")
	refused[readHalf](t, "", "embeds time.Time, whose Unmarshal", "CJ")
	refused[loop](t, "", "leads to nothing but pointers", "CJ")
	refused[worse](t, ".Cause", "error is an interface with methods", "CJ")
	refused[*fs.PathError](t, ".Err", "error is an interface with methods", "CJ")
	refused[struct{ F func() }](t, ".F", "func() cannot be written", "CJ")
	refused[struct{ C chan int }](t, ".C", "chan int cannot be written", "CJ")
	refused[complex128](t, "", "complex128 cannot be written", "CJ")
	refused[uintptr](t, "", "uintptr cannot be written", "C")
	refused[map[*base]int](t, "[key]", "comes back as another key", "C-")
	refused[map[[2]any]int](t, "[key]", "comes back as another key", "C-")
	refused[map[float64]int](t, "[key]", "is no key of an object in JSON", "J")
	refused[map[string]big.Int](t, "[]", "is written without its MarshalJSON, which a pointer has", "J")
	refused[url.URL](t, ".User", "url.Userinfo has no exported field", "J")
	refused[struct {
		_ struct{} `cbor:",toarray"`
		*Base
	}](t, ".Base", "is embedded by a pointer in a struct that is written as an array", "C")
}

// refused asserts that the codecs (C for CBOR, J for JSON) refuse T, and that the
// others do not, unless by ends in "-".
func refused[T any](t *testing.T, path, problem, by string) {
	t.Helper()
	for name, c := range map[string]codec.Codec[T]{"C": codec.CBOR[T](), "J": codec.JSON[T]()} {
		err := codec.Check(c)
		if by != "CJ" && by[:1] != name {
			assert.True(t, err == nil || by == "C-", "%v", err)
			continue
		}
		var wrong *codec.TypeError
		require.ErrorAs(t, err, &wrong, "%T", c)
		assert.Equal(t, path, wrong.Path)
		assert.ErrorContains(t, err, problem)
		assert.NotEmpty(t, wrong.Hint)
		var v T
		_, err = c.Append(nil, v)
		assert.Equal(t, !readOnly(wrong), errors.As(err, &wrong))
		_, err = c.Parse([]byte("\xa0"))
		assert.Equal(t, !readOnly(wrong), errors.As(err, &wrong))
		assert.ErrorAs(t, codec.Check(codec.Within(c, codec.Limits{Depth: 9})), &wrong)
	}
}

// readOnly reports whether a type can be written, and only not be read.
func readOnly(e *codec.TypeError) bool {
	return strings.Contains(e.Problem, "read") && !strings.Contains(e.Problem, "reads it without")
}

func TestTypesThatLoseNothingAreNotRefused(t *testing.T) {
	t.Parallel()
	carries[struct{}](t)
	carries[struct{ _ int }](t)
	carries[order](t)
	carries[time.Time](t)
	carries[struct{ time.Time }](t)
	carries[struct{ *Base }](t)
	carries[map[netip.Addr]time.Duration](t)
	carries[*big.Int](t)
	carries[[]struct {
		F func() `json:"-"`
		N int
	}](t)
	carries[struct {
		sync.Mutex `json:"-"`
		N          int
	}](t)
	carries[any](t)
	carries[map[string]any](t)
	assert.NoError(t, codec.Check(codec.Raw()))
	assert.NoError(t, codec.Check(codec.CBOR[string]()))
	assert.NoError(t, codec.Check(codec.Codec[int](nameless{})))
	assert.NoError(t, codec.Check(codec.Codec[int](nil)))
	assert.Error(t, codec.Check(codec.Error(codec.CBOR[*fs.PathError]())))
}

func carries[T any](t *testing.T) {
	t.Helper()
	assert.NoError(t, codec.Check(codec.CBOR[T]()))
	assert.NoError(t, codec.Check(codec.JSON[T]()))
}

func TestUnionRefusesVariantsThatLoseAPart(t *testing.T) {
	t.Parallel()
	_, err := codec.Union[any](deposit{}, event{})
	var wrong *codec.TypeError
	require.ErrorAs(t, err, &wrong)
	assert.ErrorContains(t, err, "variant 1: codec_test.event embeds time.Time")
}

func TestValuesThatWouldComeBackAsOthersAreRefused(t *testing.T) {
	t.Parallel()
	mean := time.FixedZone("LMT", 53*60+28)
	loses(t, struct{ At time.Time }{time.Unix(0, 0).In(mean)}, ".At", "the offset 53m28s of the time has seconds", "CJ")
	loses(t, any([]any{time.Unix(0, 0).In(mean)}), "[0]", "has seconds", "CJ")
	loses(t, time.Time{}.In(time.FixedZone("", 3600)), "", "a zero time has no offset", "C")
	loses(t, []*time.Time{new(time.Time)}, "[0]", "would come back as a nil pointer", "C")
	loses(t, struct{ P **int }{new(*int)}, ".P", "would come back as a nil pointer", "CJ")
	loses(t, new([]int), "", "would come back as a nil pointer", "CJ")
	loses(t, new(any), "", "would come back as a nil pointer", "CJ")
	loses(t, map[string]any{"err": io.EOF}, `["err"]`, "errors.errorString has no exported field", "CJ")
	loses(t, any(fmt.Errorf("with: %w", errors.ErrUnsupported)), "", "fmt.wrapError has no exported field", "CJ")
	loses(t, any(event{}), "", "embeds time.Time", "CJ")
	loses(t, any(map[int]string{1: "a"}), "[key]", "int is no text", "C")
	loses(t, any(*big.NewInt(7)), "", "is written without its MarshalJSON", "J")
	loses(t, any(map[string]any{"n": int64(math.MaxInt64)}), `["n"]`, "beyond 2^53", "J")
	loses(t, any(uint64(math.MaxUint64)), "", "beyond 2^53", "J")
	loses(t, map[any]int{int8(1): 1, uint16(1): 2}, "[1]", "two keys of the map are written alike", "C")
	loses(t, map[any]int{[1]int{1}: 1}, "[…]", "a key of a map that is in an interface must be text", "C")
}

func loses[T any](t *testing.T, v T, path, problem, by string) {
	t.Helper()
	for name, c := range map[string]codec.Codec[T]{"C": codec.CBOR[T](), "J": codec.JSON[T]()} {
		_, err := c.Append(nil, v)
		if by != "CJ" && by != name {
			continue
		}
		require.ErrorContains(t, err, problem, "%T", c)
		var lost *codec.LossError
		var wrong *codec.TypeError
		switch {
		case errors.As(err, &lost):
			assert.Equal(t, path, lost.Path)
		case errors.As(err, &wrong):
			assert.Equal(t, path, wrong.Path)
		default:
			assert.Fail(t, "neither a LossError nor a TypeError", "%v", err)
		}
	}
}
