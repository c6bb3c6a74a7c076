package codec_test

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor/codec"
)

type nameless struct{ codec.Codec[int] }

func TestName(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "cbor", codec.Name(codec.CBOR[order]()))
	assert.Equal(t, "cbor", codec.Name(codec.CBOR[int]()), "the fast path is no other format")
	assert.Equal(t, "cbor", codec.Name(codec.Default[[]byte]()))
	assert.Equal(t, "json", codec.Name(codec.JSON[int]()))
	assert.Equal(t, "raw", codec.Name(codec.Raw()))
	assert.Equal(t, "raw", codec.Name(codec.RawString()))
	assert.Equal(t, "union/cbor", codec.Name(newMessages(t)))
	assert.Equal(t, "json", codec.Name(codec.Error(codec.JSON[*shortage]())))
	assert.Equal(t, "custom/codec_test.nameless", codec.Name(codec.Codec[int](nameless{})))
	assert.Empty(t, codec.Name(codec.Codec[int](nil)))
}

func TestOpString(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "append", codec.OpAppend.String())
	assert.Equal(t, "parse", codec.OpParse.String())
	assert.Equal(t, "op(7)", codec.Op(7).String())
}

// Guarantee(memory): Decoding hostile bytes allocates for the bytes that arrived, never for a length that they claim.
func TestParseAllocatesForWhatArrived(t *testing.T) {
	const allowed = 8 << 10
	claims := map[string]string{
		"array of 2^31":  "\x9a\x80\x00\x00\x00",
		"array of 2^24":  "\x9a\x01\x00\x00\x00",
		"map of 2^31":    "\xba\x80\x00\x00\x00",
		"map of 2^20":    "\xba\x00\x10\x00\x00",
		"bytes of 2^31":  "\x5a\x80\x00\x00\x00",
		"text of 2^63-1": "\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",
		"nested arrays":  strings.Repeat("\x9a\x00\xff\xff\xff", 4),
	}
	for name, claim := range claims {
		input := []byte(claim + strings.Repeat("\x00", 20-min(20, len(claim))))
		t.Run(name, func(t *testing.T) {
			refusesCheaply(t, codec.CBOR[[]order](), input, allowed)
			refusesCheaply(t, codec.CBOR[map[string]order](), input, allowed)
			refusesCheaply(t, codec.CBOR[any](), input, allowed)
			refusesCheaply(t, codec.CBOR[[]byte](), input, allowed)
			refusesCheaply(t, codec.CBOR[string](), input, allowed)
			refusesCheaply(t, newMessages(t), append([]byte("\x82\x67deposit"), input...), allowed)
		})
	}
}

func refusesCheaply[T any](t *testing.T, c codec.Codec[T], input []byte, allowed uint64) {
	t.Helper()
	const runs = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		_, err := c.Parse(input)
		require.Error(t, err)
	}
	runtime.ReadMemStats(&after)
	assert.Less(t, (after.TotalAlloc-before.TotalAlloc)/runs, allowed, "%T", c)
}

// The caller reuses the buffer for the next message.
func TestParseKeepsNothingOfItsInput(t *testing.T) {
	t.Parallel()
	forgets(t, codec.CBOR[[]byte](), []byte("body"))
	forgets(t, codec.CBOR[string](), "text")
	forgets(t, codec.CBOR[order](), order{Name: "n", Body: []byte("b"), Tags: map[string]int{"t": 1}})
	forgets(t, codec.CBOR[any](), any(map[string]any{"k": []byte("v")}))
	forgets(t, codec.JSON[order](), order{Name: "n", Body: []byte("b"), Tags: map[string]int{"t": 1}})
	forgets(t, codec.Raw(), []byte("body"))
	forgets(t, codec.RawString(), "text")
	forgets(t, newMessages(t), message(&withdraw{1, "note"}))
}

func forgets[T any](t *testing.T, c codec.Codec[T], v T) {
	t.Helper()
	b, err := c.Append(nil, v)
	require.NoError(t, err)
	got, err := c.Parse(b)
	require.NoError(t, err)
	copy(b, bytes.Repeat([]byte{'#'}, len(b)))
	assert.Equal(t, v, got, "%T", c)
}

func TestAppendUsesTheRoomItIsGiven(t *testing.T) {
	t.Parallel()
	fits(t, codec.CBOR[order](), order{Name: "n"})
	fits(t, codec.CBOR[[]byte](), []byte("body"))
	fits(t, codec.JSON[order](), order{Name: "n"})
	fits(t, codec.Raw(), []byte("body"))
	fits(t, newMessages(t), message(deposit{1}))
}

func fits[T any](t *testing.T, c codec.Codec[T], v T) {
	t.Helper()
	room := make([]byte, 3, 1024)
	b, err := c.Append(room, v)
	require.NoError(t, err)
	assert.Same(t, &room[0], &b[0], "%T", c)
}

func TestCodecsAreSafeForManyGoroutines(t *testing.T) {
	t.Parallel()
	cborOrders, jsonOrders, messages := codec.CBOR[order](), codec.JSON[order](), newMessages(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				o := order{ID: uint64(i*1000 + j), Name: strings.Repeat("x", j)}
				assert.Equal(t, o, roundTripQuiet(t, cborOrders, o))
				assert.Equal(t, o, roundTripQuiet(t, jsonOrders, o))
				m := message(deposit{int64(j)})
				assert.Equal(t, m, roundTripQuiet(t, messages, m))
			}
		})
	}
	wg.Wait()
}

// roundTripQuiet may run in any goroutine: it never ends the test.
func roundTripQuiet[T any](t *testing.T, c codec.Codec[T], v T) T {
	b, err := c.Append(nil, v)
	assert.NoError(t, err)
	got, err := c.Parse(b)
	assert.NoError(t, err)
	return got
}
