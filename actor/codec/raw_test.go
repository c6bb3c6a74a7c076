package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor/codec"
)

func TestRawIsTheBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		b, err := codec.Raw().Append([]byte("kept"), want)
		require.NoError(t, err)
		require.Equal(t, "kept"+string(want), string(b))
		got, err := codec.Raw().Parse(b[4:])
		require.NoError(t, err)
		require.NotNil(t, got)
		require.Equal(t, string(want), string(got))

		s, err := codec.RawString().Parse(b[4:])
		require.NoError(t, err)
		require.Equal(t, string(want), s)
		b, err = codec.RawString().Append(nil, s)
		require.NoError(t, err)
		require.Equal(t, string(want), string(b))
	})
}

func TestRawCopies(t *testing.T) {
	t.Parallel()
	given := []byte("abc")
	b, err := codec.Raw().Append(nil, given)
	require.NoError(t, err)
	given[0] = 'X'
	assert.Equal(t, "abc", string(b))
}

func FuzzRaw(f *testing.F) {
	f.Add([]byte("abc"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := codec.Raw().Parse(b)
		require.NoError(t, err)
		again, err := codec.Raw().Append(nil, v)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		s, err := codec.RawString().Parse(b)
		require.NoError(t, err)
		assert.Equal(t, string(b), s)
	})
}
