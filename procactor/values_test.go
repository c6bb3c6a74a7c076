package procactor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// knot is a value that can contain itself.
type knot struct {
	Next *knot
	Rest []*knot
	Any  any
}

// knotted is a typed error that holds one.
type knotted struct{ At *knot }

func (*knotted) Error() string { return "knotted" }

// tied makes a value by its name.
func tied(how string) *knot {
	k := &knot{Rest: []*knot{{}, {}}}
	switch how {
	case "loop":
		k.Rest[1].Next = k
	case "any":
		k.Any = map[string]any{"list": []any{k}}
	case "deep":
		for range 100 {
			k = &knot{Next: k}
		}
	case "text":
		k.Any = "\xff"
	}
	return k
}

var (
	// tie returns the value of that name, or wraps it in its typed error.
	tie = procactor.NewTask("tie", func(_ context.Context, how string) (*knot, error) {
		if how, ok := strings.CutPrefix(how, "error "); ok {
			return nil, fmt.Errorf("tie: %w", &knotted{tied(how)})
		}
		return tied(how), nil
	}).WithErrors(codec.Error(codec.CBOR[*knotted]()))
	// tieJSON is the same in JSON.
	tieJSON = procactor.NewTask("tie json", func(_ context.Context, how string) (*knot, error) { return tied(how), nil }).
		WithCodec(nil, codec.JSON[*knot]())
	// ties emits a sound value and the one of that name.
	ties = procactor.NewStreamTask("ties", func(_ context.Context, how string, emit func(*knot) error) error {
		return errors.Join(emit(tied("sound")), emit(tied(how)))
	})
	// untie takes a value.
	untie     = procactor.NewTask("untie", func(_ context.Context, k *knot) (bool, error) { return k != nil, nil })
	untieJSON = procactor.NewTask("untie json", func(_ context.Context, k *knot) (bool, error) { return k != nil, nil }).
			WithCodec(codec.JSON[*knot](), nil)
	untieDeep = procactor.NewTask("untie deep", func(_ context.Context, k *knot) (bool, error) { return k != nil, nil }).
			WithCodec(codec.Within(codec.CBOR[*knot](), codec.Limits{Depth: 200}), nil)
)

func valueTasks() []procactor.MainOption {
	return []procactor.MainOption{tie, tieJSON, ties, untie, untieJSON, untieDeep, swell, swells, devour}
}

// knots are the names of values that no codec writes, and what is said of them.
func knots() map[string]string {
	return map[string]string{
		"loop": ".Rest[1].Next: contains itself",
		"any":  `.Any["list"][0]: contains itself`,
		"deep": ": nested too deep: more than 64 levels of arrays and maps",
		"text": ".Any: not valid UTF-8",
	}
}

// Guarantee(values): A value beyond the limits of its codec is refused where it is written, in the caller as in the worker, and no process dies of it.
func TestValuesBeyondTheLimitsAreNotSent(t *testing.T) {
	p := start(t, procactor.Self())
	for how, want := range knots() {
		t.Run(how, func(t *testing.T) {
			v := tied(how)
			for _, ref := range []actor.Ref[*knot, bool]{untie.On(p), untieJSON.On(p)} {
				_, err := ref.Call(t.Context(), v)
				notSent(t, err, want)
				notSent(t, ref.Cast(t.Context(), v), want)
				for _, err := range ref.Stream(t.Context(), v) {
					notSent(t, err, want)
				}
			}
		})
	}
	works(t, p)
}

func notSent(t *testing.T, err error, want string) {
	t.Helper()
	var call *actor.CallError
	require.ErrorAs(t, err, &call)
	assert.Equal(t, actor.NotSent, call.Delivery)
	assert.ErrorIs(t, err, actor.ErrNotStarted)
	assert.ErrorContains(t, err, want)
	var value *codec.ValueError
	assert.ErrorAs(t, err, &value)
}

func TestAnswersBeyondTheLimitsAreErrors(t *testing.T) {
	p := start(t, procactor.Self())
	for how, want := range knots() {
		t.Run(how, func(t *testing.T) {
			_, err := tie.On(p).Call(t.Context(), how)
			noResult(t, err, want)
			_, err = tieJSON.On(p).Call(t.Context(), how)
			noResult(t, err, want)
			items := 0
			for k, err := range ties.On(p).Stream(t.Context(), how) {
				if items++; items == 1 {
					require.NoError(t, err)
					assert.Equal(t, tied("sound"), k)
					continue
				}
				noResult(t, err, want)
			}
			assert.Equal(t, 2, items)

			_, err = tie.On(p).Call(t.Context(), "error "+how)
			var text *procactor.TaskError
			require.ErrorAs(t, err, &text, "what its codec refuses travels as text")
			assert.Equal(t, "tie: knotted", text.Message)
		})
	}
	_, err := tie.On(p).Call(t.Context(), "error sound")
	var typed *knotted
	require.ErrorAs(t, err, &typed)
	works(t, p)
}

func noResult(t *testing.T, err error, want string) {
	t.Helper()
	noReadable(t, err, actor.Done, want)
}

// noReadable asserts that what the task made could not be decoded.
func noReadable(t *testing.T, err error, d actor.Delivery, want string) {
	t.Helper()
	var call *actor.CallError
	require.ErrorAs(t, err, &call)
	assert.Equal(t, d, call.Delivery)
	var task *procactor.TaskError
	require.ErrorAs(t, err, &task)
	assert.Equal(t, wire.ClassOutput, task.Class)
	assert.ErrorContains(t, err, want)
}

func TestADepthIsAgreedUpon(t *testing.T) {
	p := start(t, procactor.Self())
	ok, err := untieDeep.On(p).Call(t.Context(), tied("deep"))
	require.NoError(t, err)
	assert.True(t, ok)

	usual := procactor.NewTask[*knot, bool]("untie deep", nil)
	_, err = usual.On(p).Call(t.Context(), tied("sound"))
	var misfit *procactor.HandshakeError
	require.ErrorAs(t, err, &misfit)
	assert.ErrorContains(t, err, "cbor;depth=200")
}

// meeting loses its name on the way: the methods of what it embeds write it.
type meeting struct {
	time.Time
	Name string
}

// meet cannot be sent its input.
var meet = procactor.NewTask("meet", func(_ context.Context, m meeting) (int, error) { return len(m.Name), nil })

// Guarantee(values): A task whose types would lose a part on the way does not start, and cannot be called.
func TestTasksThatWouldLoseAPartAreRefused(t *testing.T) {
	for part, says := range map[string]string{
		"loses-input":  `the input of task "meet" cannot be sent: codec: cbor append procactor_test.meeting: procactor_test.meeting embeds time.Time`,
		"loses-output": `the output of task "met" cannot be sent`,
		"loses-error":  `the error of task "square" cannot be sent: codec: cbor append *fs.PathError: .Err: error is an interface with methods`,
	} {
		t.Run(part, func(t *testing.T) {
			assert.ErrorContains(t, startFails(t, role(t, part)), says)
		})
	}
	p := start(t, procactor.Self())
	_, err := meet.On(p).Call(t.Context(), meeting{})
	notSent(t, err, "embeds time.Time")
	var wrong *codec.TypeError
	require.ErrorAs(t, err, &wrong)
	_, err = procactor.NewTask[int, meeting]("square", nil).On(p).Call(t.Context(), 1)
	notSent(t, err, "the output of task")
	_, err = square.WithErrors(codec.Error(codec.CBOR[*fs.PathError]())).On(p).Call(t.Context(), 1)
	notSent(t, err, "the error of task")
}

func TestTheListMarksTasksThatAreRefused(t *testing.T) {
	table, _, code := byHand("loses", "", "--proctor-list")
	assert.Zero(t, code)
	assert.Contains(t, table, "REFUSED: the input of task \"meet\" cannot be sent")
	text, _, code := byHand("loses", "", "--proctor-list", "--json")
	assert.Zero(t, code)
	var listed []struct{ Name, Refused string }
	require.NoError(t, json.Unmarshal([]byte(text), &listed))
	require.Len(t, listed, 2)
	assert.Empty(t, listed[0].Refused)
	assert.Contains(t, listed[1].Refused, "procactor_test.meeting embeds time.Time")

	_, stderr, code := byHand("loses", "{}", "--proctor-call", "meet")
	assert.Equal(t, 125, code)
	assert.Contains(t, stderr, "cannot be sent")
}

// Bytes that are a value much larger than they are.
var (
	swollen = append([]byte("\x9a\x00\x08\x00\x00"), bytes.Repeat([]byte("\xa1\x60\xf6"), 1<<19)...)
	// swollenFault is an error that is one.
	swollenFault = append([]byte("\xa1\x63All\x9a\x00\x01\x00\x00"), bytes.Repeat([]byte("\xa1\x60\xf6"), 1<<16)...)

	swell = procactor.NewTask("swell", func(_ context.Context, fail bool) ([]byte, error) {
		if fail {
			return nil, errors.New("failed")
		}
		return swollen, nil
	}).WithCodec(nil, asCBOR{}).WithErrors(swollenError{})
	swells = procactor.NewStreamTask("swells", func(ctx context.Context, _ bool, emit func([]byte) error) error {
		if err := emit(swollen); err != nil {
			return err
		}
		<-ctx.Done() // an item that nobody can read is known before the end is
		return ctx.Err()
	}).WithCodec(nil, asCBOR{})
	devour = procactor.NewTask("devour", func(context.Context, any) (bool, error) { return true, nil })
)

// asCBOR sends bytes as if CBOR had made them.
type asCBOR struct{ codec.Codec[[]byte] }

func (asCBOR) Name() string                                { return "cbor" }
func (asCBOR) Append(dst []byte, b []byte) ([]byte, error) { return append(dst, b...), nil }

type swollenError struct{ codec.Codec[error] }

func (swollenError) Name() string { return "cbor" }
func (swollenError) Append(dst []byte, _ error) ([]byte, error) {
	return append(dst, swollenFault...), nil
}

// unpacked is what the parent of a hostile worker declares.
type unpacked struct{ All any }

func (*unpacked) Error() string { return "unpacked" }

// Guarantee(memory): What a hostile peer sends takes no more memory, decoded, than four times the largest message, unless the codec sets another budget.
func TestValuesKeepToTheBudgetOfTheirHost(t *testing.T) {
	w := procactor.Self()
	w.MaxBody = 2 << 20 // so the budget is 8 MiB, and the values take 200
	p := start(t, w)

	_, err := procactor.NewTask[bool, any]("swell", nil).WithErrors(codec.Error(codec.CBOR[*unpacked]())).On(p).Call(t.Context(), false)
	noResult(t, err, "more than 8388608 bytes of memory")
	for _, err := range procactor.NewStreamTask[bool, any]("swells", nil).On(p).Stream(t.Context(), false) {
		noReadable(t, err, actor.Unknown, "more than 8388608 bytes of memory")
	}
	_, err = procactor.NewTask[bool, any]("swell", nil).WithErrors(codec.Error(codec.CBOR[*unpacked]())).On(p).Call(t.Context(), true)
	var text *procactor.TaskError
	require.ErrorAs(t, err, &text, "what does not decode is text")

	_, err = procactor.NewTask[[]byte, bool]("devour", nil).WithCodec(asCBOR{}, nil).On(p).Call(t.Context(), swollen)
	var call *actor.CallError
	require.ErrorAs(t, err, &call)
	assert.Equal(t, actor.NotStarted, call.Delivery)
	require.ErrorAs(t, err, &text)
	assert.Equal(t, wire.ClassInput, text.Class)
	assert.ErrorContains(t, err, "more than 8388608 bytes of memory")

	roomy := codec.Within(codec.CBOR[any](), codec.Limits{Memory: 1 << 30})
	out, err := procactor.NewTask[bool, any]("swell", nil).WithCodec(nil, roomy).WithErrors(codec.Error(codec.CBOR[*unpacked]())).On(p).Call(t.Context(), false)
	require.NoError(t, err)
	assert.Len(t, out, 1<<19)
}
