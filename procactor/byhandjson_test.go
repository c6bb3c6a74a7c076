package procactor

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type knot struct {
	Name  string
	Left  *knot
	Rest  []knot
	Named map[string]*knot
}

type refusing struct{ X int }

func (refusing) MarshalJSON() ([]byte, error) { return nil, errors.New("not me") }

type frail struct{ p *int }

func (f frail) MarshalJSON() ([]byte, error) { return json.Marshal(*f.p) }

type embeds struct {
	knot
	Count uint8           `json:"count"`
	When  time.Duration   `json:",omitempty"`
	Raw   json.RawMessage `json:"raw,omitempty"`
	F     float32         `json:"-"`
}

func TestExampleOf(t *testing.T) {
	t.Parallel()
	const aKnot = `"Name":"text","Left":null,"Rest":[{"Name":"","Left":null,"Rest":null,"Named":null}],"Named":{"key":null}`
	for want, got := range map[string]string{
		"1":                                  exampleOf[int](),
		"true":                               exampleOf[bool](),
		`["text"]`:                           exampleOf[[]string](),
		`{"1":[1.5]}`:                        exampleOf[map[int][]float64](),
		`"0001-01-01T00:00:00Z"`:             exampleOf[*time.Time](),
		"null":                               exampleOf[any](),
		"{" + aKnot + "}":                    exampleOf[knot](),
		"{" + aKnot + `,"count":1,"When":1}`: exampleOf[embeds](),
	} {
		assert.Equal(t, want, got)
	}
	assert.Empty(t, exampleOf[error](), "no JSON makes one")
	assert.Empty(t, exampleOf[func()]())
	assert.Empty(t, exampleOf[chan int]())
	assert.Empty(t, exampleOf[refusing]())
	assert.Empty(t, exampleOf[frail](), "its panic is not ours")
}

// A field that stands twice, in whatever letters, is a slip of the pen: one of
// its values would be dropped in silence.
func TestParseJSONTwice(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"{\"Name\": \"a\",\n \"Name\": \"b\"}":       `2:2: the key "Name" is there twice: leave one out`,
		`{"Left": {"Name": "a", "name": "b"}}`:       `1:24: the key "name" is there twice, once in other letters: write "Name", once`,
		`{"Named": {"a": {}, "b": null, "a": null}}`: `1:32: the key "a" is there twice: leave one out`,
	} {
		_, err := parseJSON[knot]([]byte(input))
		at, ok := errors.AsType[*inputError](err)
		require.True(t, ok, input)
		at.Source = "stdin"
		assert.EqualError(t, at, "stdin:"+want)
	}
	v, err := parseJSON[knot]([]byte(`{"name": "in any case", "Named": {"a": null, "A": null}}`))
	require.NoError(t, err)
	assert.Equal(t, "in any case", v.Name)
}

// Whatever comes is a value or an error at a place in the input.
func TestParseJSONProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		input := []byte(rapid.StringMatching(`[ \n]{0,2}(\{("Name"|"Left"|"Rest"|"Nome"):["\[{}1n,: \n\]a-f]{0,9}|["\[{}1,: \n\]a-f]{0,9})`).Draw(t, "input"))
		v, err := parseJSON[knot](input)
		if err != nil {
			at, ok := errors.AsType[*inputError](err)
			require.True(t, ok)
			assert.NotEmpty(t, at.Problem)
			assert.LessOrEqual(t, at.Line, 1+len(input))
			assert.LessOrEqual(t, at.Column, 1+len(input))
			assert.Zero(t, v)
			return
		}
		var want knot
		require.NoError(t, json.Unmarshal(input, &want), "%s", input)
		assert.Equal(t, want, v)
	})
}

// What a person may ask of a task must not make a worker's start dearer: it is
// one closure, and no reflection.
func TestCatalogAllocatesLittle(t *testing.T) {
	task := []MainOption{NewTask[embeds, knot]("task", nil)}
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { newCatalog(task) }), 7.0)
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"sqare", "square", 1},
		{"kitten", "sitting", 3},
		{"cuont", "count", 2},
	} {
		assert.Equal(t, tt.want, distance(tt.a, tt.b), "%s to %s", tt.a, tt.b)
		assert.Equal(t, tt.want, distance(tt.b, tt.a), "%s to %s", tt.b, tt.a)
	}
}
