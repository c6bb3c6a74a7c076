package jsonkeys_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/internal/jsonkeys"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type base struct {
	ID string `json:"id"`
}

type tree struct {
	base
	Name  string
	Kids  []tree          `json:"kids"`
	Named map[string]tree `json:"named"`
	Left  *tree           `json:"left"`
	At    time.Time       `json:"at"`
	Any   any             `json:"any"`
	Out   int             `json:"-"`
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id":"a","Name":"b","kids":[{"id":"c"}],"at":"2026-01-01T00:00:00Z"}`: "",
		`{"named":{"a":{},"A":{}},"any":{"b":1,"B":2}}`:                         "",
		`null`:                                  "",
		`{"id":"a","id":"b"}`:                   `the key "id" is there twice: leave one out`,
		`{"id":"a","ID":"b"}`:                   `there is no field "ID": write "id"`,
		`{"kids":[{},{"left":{"NAME":"a"}}]}`:   `there is no field "NAME": write "Name"`,
		`{"named":{"a":{"id":"1"},"a":{}}}`:     `the key "a" is there twice: leave one out`,
		`{"any":{"b":[{"c":1, "c":2}]}}`:        `the key "c" is there twice: leave one out`,
		`{"any":{"\u0062":1,"b":2}}`:            `the key "b" is there twice: leave one out`,
		`{"Out":1}`:                             `there is no field "Out"`,
		`{"left":{"left":{"left":{"more":1}}}}`: `there is no field "more"`,
	} {
		require.NoError(t, json.Unmarshal([]byte(text), new(tree)), text)
		err := jsonkeys.Check([]byte(text), reflect.TypeFor[tree](), jsonkeys.Lenience{})
		if want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.EqualError(t, err, want, text)
		}
	}
}

func TestLenience(t *testing.T) {
	t.Parallel()
	check := func(text string) error {
		return jsonkeys.Check([]byte(text), reflect.TypeFor[tree](), jsonkeys.Lenience{Cased: true, Unknown: true})
	}
	assert.NoError(t, check(`{"ID":"a","more":1}`))
	assert.EqualError(t, check(`{"id":"a","ID":"b"}`), `the key "ID" is there twice, once in other letters: write "id", once`)
	var at *jsonkeys.Error
	require.ErrorAs(t, check(`{"more":1, "more":2}`), &at)
	assert.Equal(t, jsonkeys.Error{Kind: jsonkeys.Doubled, Key: "more", Field: "more", Offset: 11}, *at)
}
