package codec_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor/codec"
)

// tree is a value that may contain itself by each of its fields.
type tree struct {
	Name     string           `json:",omitempty"`
	Next     *tree            `json:",omitempty"`
	Children []*tree          `json:",omitempty"`
	ByName   map[string]*tree `json:",omitempty"`
	Any      any              `json:",omitempty"`
	Grid     [][]tree         `json:",omitempty"`
	Twig     `json:",omitempty"`
	Raw      *selfWriter       `json:",omitempty"`
	hidden   *tree             // it is not written, and so may lead back
	Skipped  map[string]string `json:"-"`
}

// Twig is embedded.
type Twig struct {
	Leaf *tree `json:",omitempty"`
}

// selfWriter writes itself by methods that write what it leads to.
type selfWriter struct {
	Next  *selfWriter
	Owner *selfWriter `json:"-"`
}

func (w *selfWriter) MarshalCBOR() ([]byte, error) { return cbor.Marshal([]any{w.Next}) }
func (w *selfWriter) UnmarshalCBOR([]byte) error   { return nil }
func (w *selfWriter) MarshalJSON() ([]byte, error) { return json.Marshal([]any{w.Next}) }
func (w *selfWriter) UnmarshalJSON([]byte) error   { return nil }

// loops are values that contain themselves, by the place where they do.
func loops() map[string]any {
	next := &tree{}
	next.Next = &tree{Next: next}
	child := &tree{Children: []*tree{{}, {}, {}}}
	child.Children[2].Leaf = child
	named := &tree{ByName: map[string]*tree{}}
	named.ByName["me"] = named
	grid := &tree{Grid: [][]tree{{{}, {}}}}
	grid.Grid[0][1].Grid = grid.Grid
	inAny := &tree{}
	inAny.Any = map[string]any{"list": []any{1, inAny}}
	list := []any{nil, nil}
	list[0], list[1] = list, list
	dict := map[string]any{}
	dict["k"] = []any{dict}
	var itself any
	itself = &itself
	writer := &selfWriter{}
	writer.Next = &selfWriter{Next: writer}
	return map[string]any{
		".Next.Next":             next,
		".Children[2].Twig.Leaf": child,
		`.ByName["me"]`:          named,
		".Grid[0][1].Grid":       grid,
		`.Any["list"][1]`:        inAny,
		"[0]":                    list,
		`["k"][0]`:               dict,
		"":                       itself,
		".Raw.Next.Next":         &tree{Raw: writer},
	}
}

// Guarantee(values): A value that contains itself is refused before it is sent, with the place where it does so, and never overflows a stack.
func TestAppendRefusesWhatContainsItself(t *testing.T) {
	t.Parallel()
	for path, v := range loops() {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			refusesToAppend(t, codec.CBOR[any](), v, path, codec.BoundDepth)
			refusesToAppend(t, codec.JSON[any](), v, path, codec.BoundDepth)
			if v, ok := v.(*tree); ok {
				refusesToAppend(t, codec.CBOR[*tree](), v, path, codec.BoundDepth)
				refusesToAppend(t, codec.JSON[*tree](), v, path, codec.BoundDepth)
				refusesToAppend(t, codec.Within(codec.JSON[*tree](), codec.Limits{Depth: 5000}), v, path, codec.BoundDepth)
			}
		})
	}
}

func refusesToAppend[T any](t *testing.T, c codec.Codec[T], v T, path string, what codec.Bound) *codec.LimitError {
	t.Helper()
	dst := []byte("kept")
	got, err := c.Append(dst, v)
	assert.Equal(t, dst, got)
	var value *codec.ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, codec.OpAppend, value.Op)
	var limit *codec.LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, what, limit.What)
	assert.Equal(t, path, limit.Path)
	assert.Equal(t, what == codec.BoundDepth, limit.Self)
	return limit
}

// linked is a value of so many levels.
func linked(levels int) *tree {
	v := &tree{}
	for range levels - 1 {
		v = &tree{Next: v}
	}
	return v
}

func arrays(levels int) any {
	v := any([]any{})
	for range levels - 1 {
		v = []any{v}
	}
	return v
}

// nestedJSON writes itself with so many levels.
type nestedJSON int

func (n nestedJSON) MarshalJSON() ([]byte, error) {
	return []byte(strings.Repeat("[", int(n)) + strings.Repeat("]", int(n))), nil
}

func (n nestedJSON) MarshalCBOR() ([]byte, error) {
	return append(bytes.Repeat([]byte{0x81}, int(n)-1), 0x80), nil
}

// What is written can be read with the same limit, and what cannot be read is
// not written: to the level.
func TestAppendAndParseHaveTheSameDepth(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{0, 4, 5, 200} {
		most := depth
		if depth == 0 {
			most = codec.MaxNesting
		}
		l := codec.Limits{Depth: depth}
		sameDepth(t, codec.Within(codec.CBOR[*tree](), l), linked(most), linked(most+1))
		sameDepth(t, codec.Within(codec.JSON[*tree](), l), linked(most), linked(most+1))
		sameDepth(t, codec.Within(codec.CBOR[any](), l), arrays(most), arrays(most+1))
		sameDepth(t, codec.Within(codec.JSON[any](), l), arrays(most), arrays(most+1))
		sameDepth(t, codec.Within(codec.CBOR[any](), l), any(nestedJSON(most)), any(nestedJSON(most+1)))
		sameDepth(t, codec.Within(codec.JSON[any](), l), any(nestedJSON(most)), any(nestedJSON(most+1)))
		sameDepth(t, codec.Within(newTrees(t), l), branch(linked(most)), branch(linked(most+1)))
		sameDepth(t, codec.Within(codec.Error(codec.CBOR[*broken]()), l),
			error(&broken{linked(most - 1)}), error(&broken{linked(most)}))
	}
}

func sameDepth[T any](t *testing.T, c codec.Codec[T], most, more T) {
	t.Helper()
	b, err := c.Append(nil, most)
	require.NoError(t, err)
	_, err = c.Parse(b)
	require.NoError(t, err)
	_, err = c.Append(nil, more)
	var limit *codec.LimitError
	require.ErrorAs(t, err, &limit)
	assert.ErrorIs(t, err, codec.ErrNesting)
	assert.False(t, limit.Self)

	deeper := codec.Within(c, codec.Limits{Depth: 1000})
	b, err = deeper.Append(nil, more)
	require.NoError(t, err)
	_, err = c.Parse(b)
	assert.ErrorIs(t, err, codec.ErrNesting)
	_, err = deeper.Parse(b)
	assert.NoError(t, err)
}

// branch is a request that is a sealed interface.
type branch interface{ branch() }

func (*tree) branch() {}

func newTrees(t *testing.T) codec.Codec[branch] {
	c, err := codec.Union[branch]((*tree)(nil))
	require.NoError(t, err)
	return c
}

// broken is a typed error that is deep.
type broken struct{ At *tree }

func (*broken) Error() string { return "broken" }

func TestAPlaceOfALimitIsNamed(t *testing.T) {
	t.Parallel()
	deep := &tree{Children: []*tree{{}, {Any: linked(100)}}}
	_, err := codec.CBOR[*tree]().Append(nil, deep)
	want := ".Children[1].Any" + strings.Repeat(".Next", 61)
	var limit *codec.LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, codec.LimitError{What: codec.BoundDepth, Limit: codec.MaxNesting, Path: want}, *limit)
	assert.EqualError(t, err, "codec: cbor append *codec_test.tree: "+want[:120]+"…: nested too deep: more than 64 levels of arrays and maps")

	loop := &tree{}
	loop.Leaf = loop
	_, err = codec.JSON[*tree]().Append(nil, loop)
	assert.EqualError(t, err, "codec: json append *codec_test.tree: .Twig.Leaf: contains itself, so it has more than 64 levels of arrays and maps")
}

func TestAppendRefusesWhatParseWould(t *testing.T) {
	t.Parallel()
	many := make([]struct{}, codec.MaxElements+1)
	refuseBoth(t, struct{ Rows []struct{} }{many}, ".Rows", codec.BoundElements)
	refuseBoth(t, map[string]any{"rows": many}, `["rows"]`, codec.BoundElements)
	pairs := make(map[int]bool, codec.MaxPairs+1)
	for i := range codec.MaxPairs + 1 {
		pairs[i] = true
	}
	refuseBoth(t, [2]map[int]bool{1: pairs}, "[1]", codec.BoundPairs)
	text, wide := strings.Repeat("x", 1<<24), make([]any, 100) // one text, but each is written
	for i := range wide {
		wide[i] = text
	}
	refuseBoth(t, wide, "[63]", codec.BoundSize)
	refuseBoth(t, [][]byte{make([]byte, 1<<29), make([]byte, 1<<29)}, "[1]", codec.BoundSize)
}

func refuseBoth[T any](t *testing.T, v T, path string, what codec.Bound) {
	t.Helper()
	refusesToAppend(t, codec.CBOR[T](), v, path, what)
	refusesToAppend(t, codec.JSON[T](), v, path, what)
}

func TestAppendRefusesTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	const bad = "\xff"
	refusesText(t, struct{ A, B string }{"a", bad}, ".B")
	refusesText(t, []string{"a", bad}, "[1]")
	refusesText(t, map[string]int{bad: 1}, `["\xff"]`)
	refusesText(t, map[string]any{"k": []any{bad}}, `["k"][0]`)
	refusesText(t, struct{ P *[2]string }{&[2]string{bad}}, ".P[0]")
	type name string
	refusesText(t, []any{name(bad)}, "[0]")
}

func refusesText[T any](t *testing.T, v T, path string) {
	t.Helper()
	for _, c := range []codec.Codec[T]{codec.CBOR[T](), codec.JSON[T]()} {
		_, err := c.Append(nil, v)
		require.ErrorIs(t, err, codec.ErrNotUTF8)
		assert.ErrorContains(t, err, ": "+path+": ")
	}
}

func TestValuesThatLeadBackUnwrittenAreFine(t *testing.T) {
	t.Parallel()
	a, b := &tree{Name: "a"}, &tree{Name: "b"}
	a.hidden, b.hidden = b, a
	shared := &tree{Name: "shared"}
	a.Children = []*tree{shared, shared, b}
	w := &selfWriter{Next: &selfWriter{}}
	w.Next.Owner = w
	a.Raw = w
	for _, c := range []codec.Codec[*tree]{codec.CBOR[*tree](), codec.JSON[*tree]()} {
		_, err := c.Append(nil, a)
		assert.NoError(t, err)
	}
}

func TestADepthOfItsOwnIsInTheName(t *testing.T) {
	t.Parallel()
	deep := codec.Limits{Depth: 200}
	assert.Equal(t, "cbor;depth=200", codec.Name(codec.Within(codec.CBOR[*tree](), deep)))
	assert.Equal(t, "json;depth=200", codec.Name(codec.Within(codec.JSON[*tree](), deep)))
	assert.Equal(t, "union/cbor;depth=200", codec.Name(codec.Within(newTrees(t), deep)))
	assert.Equal(t, "cbor;depth=200", codec.Name(codec.Within(codec.Error(codec.CBOR[*broken]()), deep)))
	assert.Equal(t, "cbor", codec.Name(codec.Within(codec.CBOR[*tree](), codec.Limits{Depth: codec.MaxNesting})))
	assert.Equal(t, "cbor;depth=10000", codec.Name(codec.Within(codec.CBOR[*tree](), codec.Limits{Depth: math.MaxInt})))
	assert.Equal(t, "cbor", codec.Name(codec.Within(codec.CBOR[int](), deep)), "it has no depth")
	assert.Equal(t, "raw", codec.Name(codec.Within(codec.Raw(), deep)), "it has no limits")
	assert.Equal(t, codec.Codec[int](nameless{}), codec.Within(codec.Codec[int](nameless{}), deep))
}

func TestBoundString(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "bound 0", codec.Bound(0).String())
	for b := codec.BoundDepth; b <= codec.BoundSize; b++ {
		assert.NotContains(t, b.String(), "bound")
	}
	err := &codec.LimitError{What: codec.BoundPairs, Limit: 1}
	assert.NotErrorIs(t, err, codec.ErrNesting)
}

// A type's shape is made once, whatever it looks like.
func TestTypesThatContainThemselvesHaveAShape(t *testing.T) {
	t.Parallel()
	type list []list
	type dict map[string]dict
	for _, v := range []any{list{{}, {{}}}, dict{"a": {"b": nil}}, &tree{}, []reflect.Kind{reflect.Int}} {
		_, err := codec.CBOR[any]().Append(nil, v)
		assert.NoError(t, err)
	}
	ring := list{nil}
	ring[0] = ring
	refuseBoth(t, ring, "[0]", codec.BoundDepth)
	type fork [2]*fork
	tines := fork{}
	tines[1] = &tines
	refuseBoth(t, &tines, "[1]", codec.BoundDepth)
	type numbered map[int]numbered
	odd := numbered{}
	odd[7] = odd
	refuseBoth(t, odd, "[7]", codec.BoundDepth)
}
