package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Error is a mistake in a scenario.
type Error struct {
	Place   string // such as "steps[3].queue[0].step"; empty for the whole
	Problem string // what is wrong, and what would be right
}

// Error names the place and the mistake.
func (e *Error) Error() string {
	if e.Place == "" {
		return "scenario: " + e.Problem
	}
	return "scenario: " + e.Place + ": " + e.Problem
}

func fault(place, format string, args ...any) error {
	return &Error{Place: place, Problem: fmt.Sprintf(format, args...)}
}

// maxDepth bounds how deep values may stand in one another.
const maxDepth = 1000

// node is a JSON value that knows its place.
type node struct {
	place   string
	value   any // nil, bool, string, json.Number, or []node; an object has members
	members map[string]node
	keys    []string // of an object, in order
}

// read takes JSON apart. A key may stand in an object once.
func read(data []byte) (node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	n, err := readNode(d, "", 0)
	if err != nil {
		return node{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return node{}, fault("", "there is more after its end")
	}
	return n, nil
}

func readNode(d *json.Decoder, place string, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fault("", "more than %d values stand in one another", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return node{}, syntax(place, err)
	}
	switch token {
	case json.Delim('{'):
		return readObject(d, place, depth)
	case json.Delim('['):
		return readList(d, place, depth)
	}
	return node{place: place, value: token}, nil
}

func readObject(d *json.Decoder, place string, depth int) (node, error) {
	n := node{place: place, members: make(map[string]node)}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return node{}, syntax(place, err)
		}
		key, _ := token.(string) // the decoder sees to it
		if _, twice := n.members[key]; twice {
			return node{}, fault(place, "the key %.40q is there twice", key)
		}
		if n.members[key], err = readNode(d, within(place, key), depth+1); err != nil {
			return node{}, err
		}
		n.keys = append(n.keys, key)
	}
	_, err := d.Token()
	return n, syntax(place, err)
}

func readList(d *json.Decoder, place string, depth int) (node, error) {
	list := []node{}
	for d.More() {
		n, err := readNode(d, fmt.Sprintf("%s[%d]", place, len(list)), depth+1)
		if err != nil {
			return node{}, err
		}
		list = append(list, n)
	}
	_, err := d.Token()
	return node{place: place, value: list}, syntax(place, err)
}

// within is the place of a member.
func within(place, key string) string {
	const most = 40
	if len(key) > most {
		key = key[:most] + "…"
	}
	if place == "" {
		return key
	}
	return place + "." + key
}

// syntax says where the JSON is broken.
func syntax(place string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault(place, "it ends too early")
	}
	return fault(place, "it is no JSON: %v", err)
}

// kind names what n is.
func (n node) kind() string {
	switch n.value.(type) {
	case []node:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	}
	if n.members != nil {
		return "an object"
	}
	return "null"
}

// want is the error of a value of the wrong type.
func (n node) want(what string) error {
	return fault(n.place, "it is %s, but must be %s", n.kind(), what)
}
