package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor/codec"
)

func newMessages(t require.TestingT) codec.Codec[message] {
	c, err := codec.Union[message](deposit{}, (*withdraw)(nil), balance{})
	require.NoError(t, err)
	return c
}

func TestUnionRoundTrip(t *testing.T) {
	t.Parallel()
	c := newMessages(t)
	any3 := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) message { return deposit{rapid.Int64().Draw(t, "cents")} }),
		rapid.Custom(func(t *rapid.T) message {
			return &withdraw{rapid.Int64().Draw(t, "cents"), rapid.String().Draw(t, "note")}
		}),
		rapid.Just[message](balance{}),
		rapid.Just[message]((*withdraw)(nil)),
	)
	rapid.Check(t, func(t *rapid.T) {
		want := any3.Draw(t, "message")
		b, err := c.Append([]byte("kept"), want)
		require.NoError(t, err)
		got, err := c.Parse(b[4:])
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestUnionForm(t *testing.T) {
	t.Parallel()
	b, err := newMessages(t).Append(nil, deposit{5})
	require.NoError(t, err)
	assert.Equal(t, "\x82\x67deposit\xa1\x65Cents\x05", string(b))
}

type foreign struct{}

func (foreign) message() {}

func TestUnionNamesWhatIsAllowed(t *testing.T) {
	t.Parallel()
	c := newMessages(t)
	allowed := []string{"deposit", "withdraw", "balance"}

	t.Run("a tag", func(t *testing.T) {
		t.Parallel()
		_, err := c.Parse([]byte("\x82\x65close\xa0"))
		var variant *codec.VariantError
		require.ErrorAs(t, err, &variant)
		assert.Equal(t, codec.VariantError{Got: "close", Allowed: allowed}, *variant)
		assert.ErrorContains(t, err, `"close" is none of deposit, withdraw, balance`)
	})
	t.Run("a long tag", func(t *testing.T) {
		t.Parallel()
		_, err := c.Parse([]byte("\x82\x78\xf0" + strings.Repeat("x", 0xf0) + "\xa0"))
		var variant *codec.VariantError
		require.ErrorAs(t, err, &variant)
		assert.Len(t, variant.Got, 64)
	})
	t.Run("a value", func(t *testing.T) {
		t.Parallel()
		dst := []byte("kept")
		got, err := c.Append(dst, foreign{})
		var variant *codec.VariantError
		require.ErrorAs(t, err, &variant)
		assert.Equal(t, codec.VariantError{Got: "codec_test.foreign", Allowed: allowed}, *variant)
		assert.Equal(t, dst, got)
	})
	t.Run("nil", func(t *testing.T) {
		t.Parallel()
		_, err := c.Append(nil, nil)
		var variant *codec.VariantError
		assert.ErrorAs(t, err, &variant)
	})
	t.Run("an unnamed pointer's element is another variant", func(t *testing.T) {
		t.Parallel()
		_, err := c.Append(nil, &deposit{})
		var variant *codec.VariantError
		assert.ErrorAs(t, err, &variant)
	})
}

func TestUnionRefuses(t *testing.T) {
	t.Parallel()
	c := newMessages(t)
	for name, input := range map[string]string{
		"nothing":              "",
		"no array":             "\x01",
		"array of one":         "\x81\x67deposit",
		"array of three":       "\x83\x67deposit\xa0\xa0",
		"tag is a number":      "\x82\x01\xa0",
		"tag beyond the end":   "\x82\x7b\xff\xff\xff\xff\xff\xff\xff\xffx",
		"tag is not UTF-8":     "\x82\x62\xff\xfe\xa0",
		"no value":             "\x82\x67deposit",
		"a byte after":         "\x82\x67deposit\xa0\x00",
		"value of other shape": "\x82\x67deposit\x05",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Parse([]byte(input))
			var value *codec.ValueError
			require.ErrorAs(t, err, &value)
			assert.Nil(t, got)
			assert.Equal(t, "union/cbor", value.Codec)
		})
	}
}

func TestUnionConstructorRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		variants []any
		want     string
	}{
		{"none", nil, "union without variants"},
		{"nil", []any{1, nil}, "variant 1: is nil"},
		{"a type twice", []any{deposit{}, deposit{}}, `variant 1: tag "deposit" stands for codec_test.deposit and for codec_test.deposit`},
		{"a type and its pointer", []any{deposit{}, &deposit{}}, `tag "deposit" stands for`},
		{"no name", []any{struct{}{}}, "type struct {} has no name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := codec.Union(test.variants...)
			assert.Nil(t, c)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func FuzzUnion(f *testing.F) {
	c := newMessages(f)
	for _, seed := range []string{
		"\x82\x67deposit\xa1\x65Cents\x05", "\x82\x68withdraw\xf6", "\x82\x67balance\xa0", "\x82\x65close\xa0",
		"\x82\x7b\xff\xff\xff\xff\xff\xff\xff\xffx", "\x82\x67deposit\xa1\x65Cents\x9b\x00\x00\x00\x00\x80\x00\x00\x00",
	} {
		f.Add([]byte(seed))
	}
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
