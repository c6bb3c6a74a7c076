package codec_test

import (
	"bytes"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor/codec"
)

func TestCBORRoundTrip(t *testing.T) {
	t.Parallel()
	c := codec.CBOR[order]()
	rapid.Check(t, func(t *rapid.T) {
		want := drawOrder(t)
		prefix := []byte("kept")
		b, err := c.Append(prefix, want)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(b, prefix))
		got, err := c.Parse(b[len(prefix):])
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestCBORKeepsWhatItsDocumentationNames(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("", 3600)
	at := time.Date(2026, 3, 4, 5, 6, 7, 123456789, berlin)

	t.Run("fraction and offset of a time", func(t *testing.T) {
		t.Parallel()
		got := roundTrip(t, codec.CBOR[time.Time](), at)
		assert.True(t, at.Equal(got))
		_, offset := got.Zone()
		assert.Equal(t, 3600, offset)
	})
	t.Run("nil and empty", func(t *testing.T) {
		t.Parallel()
		assert.Nil(t, roundTrip(t, codec.CBOR[[]int](), nil))
		assert.Equal(t, []int{}, roundTrip(t, codec.CBOR[[]int](), []int{}))
		assert.Nil(t, roundTrip(t, codec.CBOR[map[string]int](), nil))
	})
	t.Run("text of a type with MarshalText", func(t *testing.T) {
		t.Parallel()
		b, err := codec.CBOR[hue]().Append(nil, hue(3))
		require.NoError(t, err)
		assert.Equal(t, "\x65hue 3", string(b))
		assert.Equal(t, hue(3), roundTrip(t, codec.CBOR[hue](), hue(3)))
	})
	t.Run("what an interface receives", func(t *testing.T) {
		t.Parallel()
		got := roundTrip(t, codec.CBOR[any](), any(map[string]any{"a": 5, "b": uint64(math.MaxUint64)}))
		want := map[string]any{"a": int64(5), "b": new(big.Int).SetUint64(math.MaxUint64)}
		assert.Equal(t, want, got)
	})
	t.Run("unknown and missing fields", func(t *testing.T) {
		t.Parallel()
		b, err := codec.CBOR[map[string]any]().Append(nil, map[string]any{"SKU": "x", "Later": 1})
		require.NoError(t, err)
		got, err := codec.CBOR[part]().Parse(b)
		require.NoError(t, err)
		assert.Equal(t, part{SKU: "x"}, got)
	})
	t.Run("same bytes for the same map", func(t *testing.T) {
		t.Parallel()
		m := map[string]int{"z": 1, "a": 2, "bb": 3, "m": 4, "": 5}
		first, err := codec.CBOR[map[string]int]().Append(nil, m)
		require.NoError(t, err)
		for range 20 {
			again, err := codec.CBOR[map[string]int]().Append(nil, m)
			require.NoError(t, err)
			require.Equal(t, first, again)
		}
	})
}

// hue writes itself as text.
type hue int

func (h hue) MarshalText() ([]byte, error) { return []byte("hue " + string('0'+rune(h))), nil }

func (h *hue) UnmarshalText(b []byte) error {
	*h = hue(b[len(b)-1] - '0')
	return nil
}

func TestCBORRefuses(t *testing.T) {
	t.Parallel()
	deep := append(bytes.Repeat([]byte{0x81}, codec.MaxNesting+1), 0x00)
	tests := []struct {
		name  string
		input string
		cause any // what errors.As must find; nil: any *ValueError
	}{
		{"nothing", "", nil},
		{"cut off", "\x82\x01", nil},
		{"a byte after the value", "\x01\x02", new(*cbor.ExtraneousDataError)},
		{"indefinite array", "\x9f\x01\xff", new(*cbor.IndefiniteLengthError)},
		{"indefinite text", "\x7f\x61a\xff", new(*cbor.IndefiniteLengthError)},
		{"a tag", "\xc1\x01", new(*cbor.TagsMdError)},
		{"a key twice", "\xa2\x61a\x01\x61a\x02", new(*cbor.DupMapKeyError)},
		{"text that is not UTF-8", "\x62\xff\xfe", nil},
		{"too deep", string(deep), new(*cbor.MaxNestedLevelError)},
		{"too many elements", "\x9a\x01\x00\x00\x01", new(*cbor.MaxArrayElementsError)},
		{"too many pairs", "\xba\x00\x10\x00\x01", new(*cbor.MaxMapPairsError)},
		{"reserved head", "\x1c", nil},
		{"break outside", "\xff", nil},
		{"number as a key of an object", "\xa1\x01\x02", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.CBOR[any]().Parse([]byte(test.input))
			require.Error(t, err)
			assert.Nil(t, got)
			var value *codec.ValueError
			require.ErrorAs(t, err, &value)
			assert.Equal(t, codec.OpParse, value.Op)
			assert.Equal(t, "cbor", value.Codec)
			if test.cause != nil {
				assert.ErrorAs(t, err, test.cause)
			}
		})
	}
}

func TestCBORRefusesToWrite(t *testing.T) {
	t.Parallel()
	dst := []byte("kept")
	got, err := codec.CBOR[chan int]().Append(dst, nil)
	var value *codec.ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, codec.OpAppend, value.Op)
	assert.ErrorContains(t, err, "codec: cbor append chan int: ")
	assert.Equal(t, dst, got)

	tooBig := new(big.Int).Lsh(big.NewInt(1), 64)
	_, err = codec.CBOR[*big.Int]().Append(nil, tooBig)
	assert.Error(t, err, "it would need a tag")
}

// A failed Parse must leave nothing behind for the next one, though the room
// for the value is kept between calls.
func TestCBORStartsEachParseFromZero(t *testing.T) {
	t.Parallel()
	c := codec.CBOR[part]()
	full, err := c.Append(nil, part{SKU: "left over", Count: 7})
	require.NoError(t, err)
	for range 100 {
		_, err = c.Parse(full)
		require.NoError(t, err)
		got, err := c.Parse([]byte("\xa2\x63SKU\x61x\x65Count\x61x")) // text for a number: fails half-way
		require.Error(t, err)
		require.Zero(t, got)
		got, err = c.Parse([]byte("\xa0"))
		require.NoError(t, err)
		require.Zero(t, got)
	}
}

func roundTrip[T any](t *testing.T, c codec.Codec[T], v T) T {
	t.Helper()
	b, err := c.Append(nil, v)
	require.NoError(t, err)
	got, err := c.Parse(b)
	require.NoError(t, err)
	return got
}

func FuzzCBOR(f *testing.F) {
	c := codec.CBOR[order]()
	whole, err := c.Append(nil, order{ID: 1, Name: "n", Parts: []part{{"s", 2}}, Tags: map[string]int{"t": 3}, At: time.Unix(0, 0).UTC()})
	require.NoError(f, err)
	f.Add(whole)
	f.Add([]byte("\xa1\x64Next\xa1\x64Next\xf6"))
	f.Add([]byte("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("\x81", 100)))
	shallow := codec.Within(c, codec.Limits{Depth: 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		less, refused := shallow.Parse(b)
		v, err := c.Parse(b)
		if err != nil {
			require.Error(t, refused, "what is too much is too much for less")
			return
		}
		if refused == nil {
			require.Equal(t, v, less)
		} else {
			require.ErrorIs(t, refused, codec.ErrNesting)
		}
		again, err := c.Append(nil, v)
		require.NoError(t, err)
		w, err := c.Parse(again)
		require.NoError(t, err)
		third, err := c.Append(nil, w)
		require.NoError(t, err)
		assert.Equal(t, again, third, "what was read once is stable")
	})
}
