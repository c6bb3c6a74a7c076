package codec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor/codec"
)

// BenchmarkRoundTrip is one Append into a kept buffer and one Parse.
func BenchmarkRoundTrip(b *testing.B) {
	three := struct {
		ID    int
		Name  string
		Score float64
	}{7, "seven", 0.5}
	bench(b, "cbor/int", codec.CBOR[int](), 123456)
	bench(b, "cbor/string100", codec.CBOR[string](), strings.Repeat("x", 100))
	bench(b, "cbor/bytes128", codec.CBOR[[]byte](), make([]byte, 128))
	bench(b, "cbor/bytes64k", codec.CBOR[[]byte](), make([]byte, 64<<10))
	bench(b, "cbor/numbers", codec.CBOR[struct{ A, B, C int }](), struct{ A, B, C int }{1, 2, 3})
	bench(b, "cbor/order", codec.CBOR[order](), order{ID: 1, Name: "name", Parts: []part{{"a", 1}, {"b", 2}}, Tags: map[string]int{"t": 1}})
	bench(b, "cbor/strings1000", codec.CBOR[[]string](), slices.Repeat([]string{"some text"}, 1000))
	bench(b, "cbor/any", codec.CBOR[any](), any(map[string]any{"id": 7, "list": []any{1, "two", 3.0}, "name": "seven"}))
	bench(b, "cbor/struct3", codec.CBOR[struct {
		ID    int
		Name  string
		Score float64
	}](), three)
	bench(b, "json/struct3", codec.JSON[struct {
		ID    int
		Name  string
		Score float64
	}](), three)
	bench(b, "raw/bytes128", codec.Raw(), make([]byte, 128))
	bench(b, "raw/bytes64k", codec.Raw(), make([]byte, 64<<10))
	bench(b, "union/deposit", newMessages(b), message(deposit{5}))
	bench(b, "error/shortage", codec.Error(codec.CBOR[*shortage]()), error(&shortage{1, 2}))
}

func bench[T any](b *testing.B, name string, c codec.Codec[T], v T) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		var err error
		for b.Loop() {
			buf, err = c.Append(buf[:0], v)
			if err == nil {
				_, err = c.Parse(buf)
			}
			if err != nil {
				break
			}
		}
		require.NoError(b, err)
		b.SetBytes(int64(len(buf)))
	})
}
