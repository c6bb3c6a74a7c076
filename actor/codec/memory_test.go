package codec

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	bulky     struct{ Room [1 << 10]byte }
	Inner2    struct{ A [10]int }
	deepEmbed struct {
		*Inner2
		L []deepEmbed
	}
)

// expansion is a shape of input whose values are larger than their encoding.
type expansion struct {
	name  string
	form  form
	input func(bytes int) []byte
	cost  func(b []byte, memory int64) (took uint64, err error)
}

func expands[T any](name string, f form, input func(bytes int) []byte) expansion {
	return expansion{name: name, form: f, input: input, cost: func(b []byte, memory int64) (uint64, error) {
		var c Codec[T] = newCBOR[T](Limits{Memory: memory})
		if f == formJSON {
			c = newJSON[T](Limits{Memory: memory})
		}
		_, _ = c.Parse(b[:0]) // what it needs once
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v, err := c.Parse(b)
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(v)
		return after.TotalAlloc - before.TotalAlloc, err
	}}
}

// listOf is an array of as many copies of an item as there is room for.
func listOf(item string) func(bytes int) []byte {
	return func(size int) []byte {
		n := size / len(item)
		return append(appendHead(nil, majorArray, uint64(n)), bytes.Repeat([]byte(item), n)...)
	}
}

// mapOf has so many pairs of a numbered key and a value.
func mapOf(value string) func(bytes int) []byte {
	return func(size int) []byte {
		n := size / (len(value) + 6)
		b := appendHead(nil, majorMap, uint64(n))
		for i := range n {
			b = append(fmt.Appendf(append(b, majorText|5), "%05x", i), value...)
		}
		return b
	}
}

func jsonList(item string) func(bytes int) []byte {
	return func(size int) []byte {
		return []byte("[" + strings.TrimSuffix(strings.Repeat(item+",", size/(len(item)+1)), ",") + "]")
	}
}

func jsonMap(value string) func(bytes int) []byte {
	return func(size int) []byte {
		var b strings.Builder
		for i := range size / (len(value) + 9) {
			fmt.Fprintf(&b, `,"%05x":%s`, i, value)
		}
		return []byte("{" + strings.TrimPrefix(b.String(), ",") + "}")
	}
}

// expansions are shapes that a hostile sender would think of.
func expansions() []expansion {
	big := "\x1b\xff\xff\xff\xff\xff\xff\xff\xff"
	all := []expansion{
		expands[any]("maps of one pair into any", formCBOR, listOf("\xa1\x60\xf6")),
		expands[any]("maps of one number into any", formCBOR, listOf("\xa1\x61a\x19\x10\x00")),
		expands[any]("empty maps into any", formCBOR, listOf("\xa0")),
		expands[any]("maps of nine pairs into any", formCBOR, listOf("\xa9\x61a\xf6\x61b\xf6\x61c\xf6\x61d\xf6\x61e\xf6\x61f\xf6\x61g\xf6\x61h\xf6\x61i\xf6")),
		expands[any]("maps in maps into any", formCBOR, listOf(strings.Repeat("\xa1\x60", 60)+"\xf6")),
		expands[any]("arrays into any", formCBOR, listOf("\x80")),
		expands[any]("arrays in arrays into any", formCBOR, listOf(strings.Repeat("\x81", 60)+"\xf6")),
		expands[any]("nulls into any", formCBOR, listOf("\xf6")),
		expands[any]("numbers into any", formCBOR, listOf("\x19\x10\x00")),
		expands[any]("numbers beyond int64 into any", formCBOR, listOf(big)),
		expands[any]("empty strings into any", formCBOR, listOf("\x60")),
		expands[any]("short strings into any", formCBOR, listOf("\x61a")),
		expands[any]("byte strings into any", formCBOR, listOf("\x41a")),
		expands[any]("one wide map into any", formCBOR, mapOf("\xf6")),
		expands[map[string]bulky]("one wide map of large structs", formCBOR, mapOf("\xa0")),
		expands[map[string]int]("one wide map of numbers", formCBOR, mapOf("\x01")),
		expands[[]map[string]int]("maps of numbers", formCBOR, listOf("\xa1\x60\x01")),
		expands[[]map[string]bulky]("maps of large structs", formCBOR, listOf("\xa1\x60\xa0")),
		expands[[]map[[200]byte]int]("maps with large keys", formCBOR, listOf("\xa1\x41a\x01")),
		expands[[]string]("short strings", formCBOR, listOf("\x61a")),
		expands[[][]byte]("byte strings", formCBOR, listOf("\x41a")),
		expands[[][]int]("arrays of numbers", formCBOR, listOf("\x81\x01")),
		expands[[]bulky]("large structs", formCBOR, listOf("\xa0")),
		expands[[]*bulky]("pointers to large structs", formCBOR, listOf("\xa0")),
		expands[[]**bulky]("pointers to pointers", formCBOR, listOf("\xa0")),
		expands[[]deepEmbed]("embedded pointers", formCBOR, listOf("\xa1\x61A\xf6")),
		expands[[]part3]("unknown fields", formCBOR, listOf("\xa3\x61x\x01\x61y\x01\x61z\x01")),
		expands[part3]("one struct with many unknown fields", formCBOR, mapOf("\x01")),
		expands[any]("maps of one pair into any, JSON", formJSON, jsonList(`{"":0}`)),
		expands[any]("empty maps into any, JSON", formJSON, jsonList(`{}`)),
		expands[any]("arrays into any, JSON", formJSON, jsonList(`[]`)),
		expands[any]("arrays of one into any, JSON", formJSON, jsonList(`[1]`)),
		expands[any]("numbers into any, JSON", formJSON, jsonList(`7`)),
		expands[any]("short strings into any, JSON", formJSON, jsonList(`"a"`)),
		expands[any]("one wide map into any, JSON", formJSON, jsonMap(`1`)),
		expands[map[string]bulky]("one wide map of large structs, JSON", formJSON, jsonMap(`{}`)),
		expands[[]map[string]int]("maps of numbers, JSON", formJSON, jsonList(`{"":1}`)),
		expands[[][]int]("arrays of numbers, JSON", formJSON, jsonList(`[1]`)),
		expands[[]bulky]("large structs, JSON", formJSON, jsonList(`{}`)),
		expands[[]*bulky]("pointers to large structs, JSON", formJSON, jsonList(`{}`)),
		expands[[]string]("escapes, JSON", formJSON, jsonList(`"\u0041"`)),
	}
	return all
}

type part3 struct{ A, B int }

// What the meter counts is what decoding takes: never less, so that the budget
// holds, and not so much more that a budget would be of no use.
func TestTheMeterCountsWhatDecodingTakes(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has values take more memory than a program does")
	}
	for _, e := range expansions() {
		t.Run(e.name, func(t *testing.T) {
			b := e.input(20_000)
			took, err := e.cost(b, math.MaxInt64)
			require.NoError(t, err)
			low, high := int64(1), int64(1)<<40 // the least budget that is enough
			for low < high {
				if mid := (low + high) / 2; e.affords(b, mid) {
					high = mid
				} else {
					low = mid + 1
				}
			}
			t.Log("bytes allocated for each byte: " + strconv.FormatUint(took/uint64(len(b)), 10) + ", counted: " + strconv.FormatInt(low/int64(len(b)), 10))
			assert.LessOrEqual(t, int64(took), low+4<<10, "the meter counts too little")
			assert.Less(t, low, 5*int64(took)+4<<10, "the meter counts too much")
		})
	}
}

func (e expansion) affords(b []byte, memory int64) bool {
	_, err := e.cost(b, memory)
	return err == nil
}

// Guarantee(memory): A message whose value would take more memory than its budget is refused before it is decoded.
func TestDecodingKeepsToItsBudget(t *testing.T) {
	const budget = 64 << 20
	for _, e := range expansions() {
		t.Run(e.name, func(t *testing.T) {
			took, err := e.cost(e.input(8<<20), budget)
			if err != nil {
				overBudget(t, err, budget)
			}
			assert.LessOrEqual(t, took, uint64(budget))
		})
	}
}

func overBudget(t *testing.T, err error, budget uint64) {
	t.Helper()
	var limit *LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, LimitError{What: BoundMemory, Limit: budget}, *limit)
	assert.ErrorContains(t, err, "more than "+strconv.FormatUint(budget, 10)+" bytes of memory for what is decoded")
}

func TestTheDefaultBudgetBearsTheLargestBody(t *testing.T) {
	e := expands[any]("", formCBOR, listOf("\xa1\x60\xf6"))
	const elements = MaxElements // of an array
	body := appendHead(make([]byte, 0, 256<<20+100), majorArray, 4)
	for range 4 {
		body = append(appendHead(body, majorArray, elements), bytes.Repeat([]byte("\xa1\x61a\xf6"), elements)...)
	}
	require.Greater(t, len(body), 256<<20)
	took, err := e.cost(body, 0)
	overBudget(t, err, DefaultMemory)
	assert.Less(t, took, uint64(1<<20), "nothing was decoded")
}

func TestTheBudgetHoldsForEveryCodec(t *testing.T) {
	t.Parallel()
	maps := listOf("\xa1\x60\xf6")(1 << 20)
	const budget = 1 << 20
	_, err := ParseWithin(CBOR[any](), maps, budget)
	overBudget(t, err, budget)
	_, err = ParseWithin(Within(CBOR[any](), Limits{Memory: 1 << 30}), maps, budget)
	assert.NoError(t, err, "the codec's own counts")
	_, err = ParseWithin(JSON[any](), jsonList("{}")(1<<20), budget)
	overBudget(t, err, budget)
	u, err := Union[any](part3{}, union{})
	require.NoError(t, err)
	_, err = ParseWithin(u, append([]byte("\x82\x65union\xa1\x61A"), maps...), budget)
	overBudget(t, err, budget)
	_, err = ParseWithin(Error(CBOR[*union]()), append([]byte("\xa1\x61A"), maps...), budget)
	overBudget(t, err, budget)
	_, err = ParseWithin(CBOR[[]byte](), append(appendHead(nil, majorBytes, 2<<20), make([]byte, 2<<20)...), budget)
	overBudget(t, err, budget)
	_, err = ParseWithin(Raw(), maps, budget)
	assert.NoError(t, err, "it is as large as its bytes")
}

type union struct{ A any }

func (*union) Error() string { return "" }

// FuzzMemory holds that an input which is too short to be counted would have been
// let pass, and that counting bears every input.
func FuzzMemory(f *testing.F) {
	f.Add([]byte("\x82\xa1\x60\xf6\xa1\x61a\x19\x10\x00"))
	f.Add([]byte(`[{"":0},{"a":[1,2,{"b":null}]},"\u0041"]`))
	f.Add([]byte("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("\x81", 100)))
	budgeted := CBOR[any]()
	inspectors := []*inspector{
		newInspector[any](formCBOR, Limits{}), newInspector[any](formJSON, Limits{}),
		newInspector[[]deepEmbed](formCBOR, Limits{}), newInspector[[]deepEmbed](formJSON, Limits{}),
		newInspector[[]map[string]bulky](formCBOR, Limits{}), newInspector[[]map[string]bulky](formJSON, Limits{}),
		newInspector[part3](formCBOR, Limits{}), newInspector[map[string][]**int](formJSON, Limits{}),
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, n := range inspectors {
			const much = 1 << 60
			m := meter{inspector: n, left: much, depthLimit: MaxNesting, text: shape{kind: shapeText}}
			if n.form == formJSON {
				m.json(n.shape().shape, b, 0)
			} else {
				m.cbor(n.shape().shape, b, 0)
			}
			require.LessOrEqual(t, much-m.left, n.shape().perByte*int64(len(b)), "%v, %d", n.typ, n.form)
		}
		if v, err := ParseWithin(budgeted, b, 1<<10); err == nil {
			_, err = budgeted.Append(nil, v)
			require.NoError(t, err)
		}
	})
}

// BenchmarkCount is what counting costs beside decoding.
func BenchmarkCount(b *testing.B) {
	for _, e := range expansions()[:2] {
		body := e.input(1 << 20)
		b.Run(e.name+"/decode", func(b *testing.B) {
			for b.Loop() {
				_, _ = e.cost(body, math.MaxInt64)
			}
		})
		b.Run(e.name+"/count", func(b *testing.B) {
			n := newInspector[any](formCBOR, Limits{})
			for b.Loop() {
				_ = n.affordsAs(n.shape(), body, 1<<30-1)
			}
		})
	}
}
