package codec_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor/codec"
)

func TestErrorFindsTheTypedError(t *testing.T) {
	t.Parallel()
	c := codec.Error(codec.CBOR[*shortage]())
	b, err := c.Append([]byte("kept"), fmt.Errorf("paying: %w", &shortage{3, 5}))
	require.NoError(t, err)
	got, err := c.Parse(b[4:])
	require.NoError(t, err)
	assert.Equal(t, error(&shortage{3, 5}), got)
}

func TestErrorLeavesOthersToTheCaller(t *testing.T) {
	t.Parallel()
	c := codec.Error(codec.CBOR[*shortage]())
	dst := []byte("kept")
	for name, other := range map[string]error{"another type": io.EOF, "nil": nil, "joined": errors.Join(io.EOF)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Append(dst, other)
			require.ErrorIs(t, err, codec.ErrOtherType)
			assert.Equal(t, dst, got)
		})
	}
}

func TestErrorParseFails(t *testing.T) {
	t.Parallel()
	got, err := codec.Error(codec.CBOR[*shortage]()).Parse([]byte("\x01\x02"))
	require.Error(t, err)
	assert.NoError(t, got, "no value beside the failure")
}

func FuzzError(f *testing.F) {
	c := codec.Error(codec.CBOR[*shortage]())
	f.Add([]byte("\xa2\x64Have\x03\x64Want\x05"))
	f.Add([]byte("\xf6"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := c.Parse(b)
		if err != nil {
			return
		}
		again, err := c.Append(nil, v)
		require.NoError(t, err)
		w, err := c.Parse(again)
		require.NoError(t, err)
		assert.Equal(t, v, w)
	})
}
