package codec_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor/codec"
)

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	c := codec.JSON[order]()
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

func TestJSONForm(t *testing.T) {
	t.Parallel()
	b, err := codec.JSON[map[string]string]().Append([]byte("> "), map[string]string{"b": "<&>", "a": "é"})
	require.NoError(t, err)
	assert.Equal(t, `> {"a":"é","b":"<&>"}`, string(b))
}

func TestJSONRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, input string
		cause       error
	}{
		{"nothing", "", nil},
		{"cut off", `[1,`, nil},
		{"a second value", `1 2`, nil},
		{"text that is not UTF-8", "\"\xff\"", codec.ErrNotUTF8},
		{"too deep", strings.Repeat("[", codec.MaxNesting+1) + strings.Repeat("]", codec.MaxNesting+1), codec.ErrNesting},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.JSON[any]().Parse([]byte(test.input))
			var value *codec.ValueError
			require.ErrorAs(t, err, &value)
			assert.Equal(t, codec.OpParse, value.Op)
			assert.Nil(t, got)
			if test.cause != nil {
				assert.ErrorIs(t, err, test.cause)
			}
		})
	}
}

func TestJSONAccepts(t *testing.T) {
	t.Parallel()
	deepest := strings.Repeat("[", codec.MaxNesting) + strings.Repeat("]", codec.MaxNesting)
	for _, input := range []string{deepest, " 1 \n", `{"unknown":"field"}`, `"[[\"[[` + strings.Repeat("[", 100) + `"`} {
		_, err := codec.JSON[any]().Parse([]byte(input))
		assert.NoError(t, err, input)
	}
}

func TestJSONRefusesToWrite(t *testing.T) {
	t.Parallel()
	dst := []byte("kept")
	got, err := codec.JSON[chan int]().Append(dst, nil)
	var value *codec.ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, codec.OpAppend, value.Op)
	assert.Equal(t, dst, got)
}

func FuzzJSON(f *testing.F) {
	c := codec.JSON[order]()
	f.Add([]byte(`{"ID":1,"Name":"n","Parts":[{"SKU":"s","Count":2}],"Tags":{"t":3},"Body":"AAE=","At":"2026-01-02T03:04:05Z","done":true}`))
	f.Add([]byte(`{"Next":{"Next":null}}`))
	f.Add([]byte(strings.Repeat("[", 100)))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := c.Parse(b)
		if err != nil {
			return
		}
		again, err := c.Append(nil, v)
		require.NoError(t, err)
		w, err := c.Parse(again)
		require.NoError(t, err)
		third, err := c.Append(nil, w)
		require.NoError(t, err)
		assert.Equal(t, again, third)
	})
}
