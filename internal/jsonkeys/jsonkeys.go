// Package jsonkeys looks at the keys of JSON that somebody else wrote.
//
// encoding/json takes a key in any case for that of a field, and of a key that
// stands twice the last one. Whoever reads the text, and whatever looked at it
// before, may have taken the first one, or another: such a text means two things.
package jsonkeys

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Kind is what is wrong with a key.
type Kind uint8

// The kinds.
const (
	Doubled Kind = iota // it stands twice in its object
	Cased               // a field is called so but for the case of letters
	Unknown             // no field is called so
)

// Error is a mistake in a key.
type Error struct {
	Kind   Kind
	Key    string // as the text has it
	Field  string // the name of the field that it is taken for; empty when there is none
	Offset int    // of the key in the text, in bytes
}

// Error says what is wrong, and what would be right.
func (e *Error) Error() string {
	switch {
	case e.Kind == Cased:
		return fmt.Sprintf("there is no field %.40q: write %q", e.Key, e.Field)
	case e.Kind == Unknown:
		return fmt.Sprintf("there is no field %.40q", e.Key)
	case e.Field != "" && e.Field != e.Key:
		return fmt.Sprintf("the key %.40q is there twice, once in other letters: write %q, once", e.Key, e.Field)
	}
	return fmt.Sprintf("the key %.40q is there twice: leave one out", e.Key)
}

// Lenience is what is let pass. The zero Lenience lets nothing pass.
type Lenience struct {
	Cased   bool // fields in other letters, as encoding/json has it
	Unknown bool // keys that are no field
}

// Check returns the first mistake, an *[Error], in the keys of data, which has
// one JSON value that was decoded into a value of type t. A type that decodes
// itself, a map and an interface may have any keys, each once.
func Check(data []byte, t reflect.Type, let Lenience) error {
	w := &walker{data: data, dec: json.NewDecoder(bytes.NewReader(data)), let: let, fields: make(map[reflect.Type]names)}
	w.dec.UseNumber()
	return w.value(t)
}

// walker goes through the tokens with the types that they are for.
type walker struct {
	data   []byte
	dec    *json.Decoder
	let    Lenience
	fields map[reflect.Type]names // of the structs that were met
}

// value walks over one value.
func (w *walker) value(t reflect.Type) error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	t = plain(t)
	switch token {
	case json.Delim('{'):
		err = w.object(t)
	case json.Delim('['):
		for err == nil && w.dec.More() {
			err = w.value(elementOf(t))
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.dec.Token() // the end
	return err
}

func (w *walker) object(t reflect.Type) error {
	seen := make(map[string]bool)
	for w.dec.More() {
		from := int(w.dec.InputOffset())
		from += len(w.data[from:]) - len(bytes.TrimLeft(w.data[from:], " \t\r\n,"))
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		name, below := key, elementOf(t)
		if t != nil && t.Kind() == reflect.Struct {
			var field string
			if field, below, err = w.field(t, key, from); err != nil {
				return err
			}
			if field != "" {
				name = field
			}
		}
		if seen[name] {
			return &Error{Doubled, key, name, from}
		}
		seen[name] = true
		if err := w.value(below); err != nil {
			return err
		}
	}
	return nil
}

// field is the one that a key of a struct is for; empty when there is none.
func (w *walker) field(t reflect.Type, key string, at int) (name string, of reflect.Type, err error) {
	known := w.fields[t]
	if known == nil {
		known = make(names)
		known.add(t, make(map[reflect.Type]bool))
		w.fields[t] = known
	}
	if of, ok := known[key]; ok {
		return key, of, nil
	}
	for name, of := range known {
		if !strings.EqualFold(name, key) {
			continue
		}
		if !w.let.Cased {
			return "", nil, &Error{Cased, key, name, at}
		}
		return name, of, nil
	}
	if !w.let.Unknown {
		return "", nil, &Error{Unknown, key, "", at}
	}
	return "", nil, nil
}
