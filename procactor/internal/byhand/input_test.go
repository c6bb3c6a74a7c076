package byhand

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
		"1":                                  ExampleOf[int](),
		"true":                               ExampleOf[bool](),
		`["text"]`:                           ExampleOf[[]string](),
		`{"1":[1.5]}`:                        ExampleOf[map[int][]float64](),
		`"0001-01-01T00:00:00Z"`:             ExampleOf[*time.Time](),
		"null":                               ExampleOf[any](),
		"{" + aKnot + "}":                    ExampleOf[knot](),
		"{" + aKnot + `,"count":1,"When":1}`: ExampleOf[embeds](),
	} {
		assert.Equal(t, want, got)
	}
	assert.Empty(t, ExampleOf[error](), "no JSON makes one")
	assert.Empty(t, ExampleOf[func()]())
	assert.Empty(t, ExampleOf[chan int]())
	assert.Empty(t, ExampleOf[refusing]())
	assert.Empty(t, ExampleOf[frail](), "its panic is not ours")
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
		_, err := ParseJSON[knot]([]byte(input))
		at, ok := errors.AsType[*InputError](err)
		require.True(t, ok, input)
		at.Source = "stdin"
		assert.EqualError(t, at, "stdin:"+want)
	}
	v, err := ParseJSON[knot]([]byte(`{"name": "in any case", "Named": {"a": null, "A": null}}`))
	require.NoError(t, err)
	assert.Equal(t, "in any case", v.Name)
}

// Whatever comes is a value or an error at a place in the input.
func TestParseJSONProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		input := []byte(rapid.StringMatching(`[ \n]{0,2}(\{("Name"|"Left"|"Rest"|"Nome"):["\[{}1n,: \n\]a-f]{0,9}|["\[{}1,: \n\]a-f]{0,9})`).Draw(t, "input"))
		v, err := ParseJSON[knot](input)
		if err != nil {
			at, ok := errors.AsType[*InputError](err)
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
