package codec

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// everyPlain runs check for each type with a fast path. The draws lean to the
// edges of the head's forms.
func everyPlain(t *testing.T, check func(t *testing.T, p property)) {
	t.Helper()
	for _, p := range []property{
		propertyOf(rapid.SliceOfN(rapid.Byte(), 0, 300)),
		propertyOf(rapid.Just([]byte(nil))),
		propertyOf(rapid.SliceOfN(rapid.Byte(), 65_530, 65_540)),
		propertyOf(rapid.String()),
		propertyOf(rapid.Bool()),
		propertyOf(rapid.Int()), propertyOf(rapid.Int8()), propertyOf(rapid.Int16()),
		propertyOf(rapid.Int32()), propertyOf(rapid.Int64()),
		propertyOf(rapid.Uint()), propertyOf(rapid.Uint8()), propertyOf(rapid.Uint16()),
		propertyOf(rapid.Uint32()), propertyOf(rapid.Uint64()),
		propertyOf(rapid.SampledFrom([]int64{
			0, 23, 24, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64,
			-1, -24, -25, -256, -257, -65536, -65537, -math.MaxUint32 - 1, -math.MaxUint32 - 2, math.MinInt64,
		})),
		propertyOf(rapid.SampledFrom([]uint64{math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64})),
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			check(t, p)
		})
	}
}

// property holds, for one type, what the tests below ask.
type property struct {
	name      string
	sameBytes func(t *rapid.T)
	sameParse func(t require.TestingT, b []byte)
}

func propertyOf[T any](gen *rapid.Generator[T]) property {
	fast, ok := plainFor[T]()
	codec, library := CBOR[T](), newCBOR[T](Limits{})
	return property{
		name: reflect.TypeFor[T]().String(),
		sameBytes: func(t *rapid.T) {
			require.True(t, ok, "has a fast path")
			v := gen.Draw(t, "v")
			got, err := codec.Append(nil, v)
			require.NoError(t, err)
			want, err := library.Append(nil, v)
			require.NoError(t, err)
			require.Equal(t, want, got)
			back, ok := fast.parse(got)
			require.True(t, ok, "reads what it wrote without the library")
			require.Equal(t, v, back)
		},
		sameParse: func(t require.TestingT, b []byte) {
			got, gotErr := codec.Parse(b)
			want, wantErr := library.Parse(b)
			require.Equal(t, wantErr == nil, gotErr == nil, "%x: %v, %v", b, wantErr, gotErr)
			require.Equal(t, want, got)
		},
	}
}

func TestPlainWritesWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	everyPlain(t, func(t *testing.T, p property) { rapid.Check(t, p.sameBytes) })
}

func TestPlainReadsWhatTheLibraryReads(t *testing.T) {
	t.Parallel()
	heads := rapid.Custom(func(t *rapid.T) []byte {
		b := appendHead(nil, rapid.Byte().Draw(t, "major")&majorMask, rapid.Uint64().Draw(t, "n")>>rapid.IntRange(0, 63).Draw(t, "shift"))
		return append(b, rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "rest")...)
	})
	everyPlain(t, func(t *testing.T, p property) {
		rapid.Check(t, func(t *rapid.T) { p.sameParse(t, heads.Draw(t, "b")) })
	})
}

func TestPlainRefusesTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	dst := []byte("kept")
	got, err := CBOR[string]().Append(dst, "\xff")
	require.ErrorIs(t, err, ErrNotUTF8)
	assert.Equal(t, dst, got)
	_, err = CBOR[string]().Parse([]byte("\x61\xff"))
	var value *ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, OpParse, value.Op)
}

// A defined type keeps its own methods, so it must not take the fast path of
// the type under it.
func TestPlainLeavesDefinedTypesAlone(t *testing.T) {
	t.Parallel()
	_, ok := plainFor[level]()
	assert.False(t, ok)
	_, err := CBOR[level]().Append(nil, 1)
	assert.ErrorIs(t, err, errLevel)
}

type level int

var errLevel = errors.New("never written")

func (level) MarshalCBOR() ([]byte, error) { return nil, errLevel }

func FuzzPlain(f *testing.F) {
	for _, seed := range []string{
		"\x00", "\x17", "\x18\x18", "\x18\x05", "\x19\x00\x05", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "\x20", "\x38\xff",
		"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", "\x3b\x80\x00\x00\x00\x00\x00\x00\x00", "\x40", "\x41a", "\x5a\x80\x00\x00\x00a",
		"\x60", "\x61a", "\x61\xff", "\xf4", "\xf5", "\xf6", "\xf7", "\xf9\x3c\x00", "\x82\x01\x02", "\xc2\x41\x01", "",
	} {
		f.Add([]byte(seed))
	}
	properties := []property{
		propertyOf[[]byte](nil), propertyOf[string](nil), propertyOf[bool](nil), propertyOf[int](nil), propertyOf[int8](nil),
		propertyOf[int16](nil), propertyOf[int32](nil), propertyOf[int64](nil), propertyOf[uint](nil), propertyOf[uint8](nil),
		propertyOf[uint16](nil), propertyOf[uint32](nil), propertyOf[uint64](nil),
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, p := range properties {
			p.sameParse(t, b)
		}
	})
}
