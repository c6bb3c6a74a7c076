package policy

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder turns nodes into the raw form, and goes on after a mistake.
type decoder struct {
	*builder
	grammar  *grammar
	env      func(string) (string, bool)
	expanded int // bytes that texts with variables have taken
}

// fail reports a mistake in the value of the key whose path is at.
func (d *decoder) fail(where pos, at, problem, hint string) {
	d.failAt(where, at, lastKey(at)+" "+problem, hint)
}

// failAt is fail with the whole sentence.
func (d *decoder) failAt(where pos, at, problem, hint string) {
	e := d.mistake(where, problem, hint)
	_, e.Path, _ = strings.Cut(at, ".") // behind what the file itself is called
	d.report(e)
}

// lastKey is what people call the value at a path.
func lastKey(at string) string { return at[strings.LastIndexByte(at, '.')+1:] }

// quote is a text of the file in a sentence, where the beginning of a long one
// will do.
func quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.Quote(s)
	}
	end := maxQuoted
	for end > maxQuoted-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strconv.Quote(s[:end] + "…")
}

const maxQuoted = 200 // bytes

func itoa(n int) string { return strconv.Itoa(n) }

// got is a value of the raw form: absent is not zero.
type got[V any] struct {
	v     V
	at    pos
	given bool // the key is there
	set   bool // and its value is good
}

// kind is what the value of a key may be, for the decoder and for the schema.
type kind[V any] struct {
	schema map[string]any
	read   func(d *decoder, n *node, at string) (V, bool)
}

// key is one line of the definitions of an object that is decoded into a T.
type key[T any] struct {
	keyInfo
	read func(d *decoder, n *node, at string, into *T)
}

// keyInfo is what does not depend on the type.
type keyInfo struct {
	name     string
	doc      string
	schema   map[string]any
	required bool
	hint     string // what to do about a required one that lacks
	beyond   bool   // OTP has no such key
}

// define makes a key that is kept in the field that to gives.
func define[T, V any](name string, k kind[V], to func(*T) *got[V], doc string) key[T] {
	return key[T]{
		keyInfo: keyInfo{name: name, doc: doc, schema: k.schema},
		read: func(d *decoder, n *node, at string, into *T) {
			v, ok := k.read(d, n, at)
			*to(into) = got[V]{v, n.at, true, ok}
		},
	}
}

func (k key[T]) must(hint string) key[T] { k.required, k.hint = true, hint; return k }
func (k key[T]) notInOTP() key[T]        { k.beyond = true; return k }

// object is a mapping with known keys.
type object[T any] struct {
	name  string         // with its article
	keys  []key[T]       // in the order of the documentation
	rules map[string]any // what the schema says beside the keys
	open  string         // prefix of keys that are left alone; "" for none
}

func (o *object[T]) infos() []keyInfo {
	infos := make([]keyInfo, len(o.keys))
	for i, k := range o.keys {
		infos[i] = k.keyInfo
	}
	return infos
}

// read decodes n; false when it is no mapping or lacks a key that it must
// have. A mistake in a value leaves it unset.
func (o *object[T]) read(d *decoder, n *node, at string) (*T, bool) {
	if n.form != mapForm {
		d.fail(n.at, at, "is "+describe(n)+", where "+o.name+" is wanted", "write a mapping with the keys "+o.names())
		return nil, false
	}
	into := new(T)
	meant := map[string]bool{} // keys that others were taken for
	n.pairs(func(name, value *node) {
		i := slices.IndexFunc(o.keys, func(k key[T]) bool { return k.name == name.text })
		switch {
		case i >= 0:
			o.keys[i].read(d, value, at+"."+name.text, into)
		case o.open == "" || !strings.HasPrefix(name.text, o.open):
			meant[d.unknown(name, at, o.name, o.infos())] = true
		}
	})
	complete := true
	for _, k := range o.keys {
		if !k.required || n.get(k.name) != nil {
			continue
		}
		complete = false
		if !meant[k.name] {
			d.failAt(n.at, at, o.name+" has no "+k.name, k.hint)
		}
	}
	return into, complete
}

func (o *object[T]) names() string {
	names := make([]string, len(o.keys))
	for i, k := range o.keys {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

// describe says what a value is; what people wrote only where it cannot be a
// secret.
func describe(n *node) string {
	return n.form.String()
}
