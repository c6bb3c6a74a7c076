package codec

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

const (
	nameUnion   = "union/cbor"
	maxTagInErr = 64 // bytes of a foreign tag that an error repeats
)

// Union returns a codec for an interface type of which only the given types
// are sent: for an actor whose request is one of several kinds of message. Its
// name is "union/cbor".
//
// Each variant is a value of one of those types; only its type matters. A
// value is written as a CBOR array of two, the tag and the value; the tag is
// the type's name without its package ("Deposit" for bank.Deposit and for
// *bank.Deposit). The rules of [CBOR] hold for the value. Append refuses a
// value, and Parse a tag, that is not in the set; the error is a
// [*VariantError] that names those that are.
//
// Union fails if there is no variant, if two have the same tag, or if one is
// nil, of a type without a name, or of one that cannot be carried (a
// [*TypeError]).
func Union[Req any](variants ...Req) (Codec[Req], error) {
	u := &unionCodec[Req]{
		byTag:  make(map[string]reflect.Type, len(variants)),
		byType: make(map[reflect.Type]string, len(variants)),
	}
	if len(variants) == 0 {
		return nil, errors.New("codec: union without variants")
	}
	for i, v := range variants {
		if err := u.add(v); err != nil {
			return nil, fmt.Errorf("codec: union of %v, variant %d: %w", reflect.TypeFor[Req](), i, err)
		}
	}
	made := u.with(Limits{})
	for i, v := range variants {
		if refused := made.inspector.other(place{typ: reflect.TypeOf(v), addressable: true}).unwanted; refused != nil {
			return nil, fmt.Errorf("codec: union of %v, variant %d: %w", reflect.TypeFor[Req](), i, refused)
		}
	}
	return made, nil
}

// unionCodec is immutable once it is made.
type unionCodec[Req any] struct {
	byTag     map[string]reflect.Type
	byType    map[reflect.Type]string
	tags      []string // in the order given, for errors
	enc       cbor.UserBufferEncMode
	dec       cbor.DecMode
	inspector *inspector
}

func (u *unionCodec[Req]) within(l Limits) Codec[Req] { return u.with(l) }

func (u *unionCodec[Req]) with(l Limits) *unionCodec[Req] {
	other := *u
	other.enc, other.dec = cborModes(l)
	other.inspector = newInspector[Req](formCBOR, l)
	return &other
}

func (u *unionCodec[Req]) add(variant Req) error {
	t := reflect.TypeOf(variant)
	if t == nil {
		return errors.New("is nil")
	}
	tag := tagOf(t)
	if tag == "" {
		return fmt.Errorf("type %v has no name", t)
	}
	if other, ok := u.byTag[tag]; ok {
		return fmt.Errorf("tag %q stands for %v and for %v", tag, other, t)
	}
	u.byTag[tag], u.byType[t] = t, tag
	u.tags = append(u.tags, tag)
	return nil
}

func tagOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t.Name()
}

// Name returns "union/cbor", and the depth if that was set.
func (u *unionCodec[Req]) Name() string { return u.inspector.limits.named(nameUnion) }

// Append implements [Codec].
func (u *unionCodec[Req]) Append(dst []byte, v Req) ([]byte, error) {
	tag, ok := u.byType[reflect.TypeOf(v)]
	if !ok {
		return dst, failed[Req](OpAppend, nameUnion, u.none(fmt.Sprintf("%T", v)))
	}
	out := appendHead(dst, majorArray, 2)
	out = append(appendHead(out, majorText, uint64(len(tag))), tag...)
	out, err := u.appendValue(out, v)
	if err != nil {
		return dst, failed[Req](OpAppend, nameUnion, err)
	}
	return out, nil
}

// appendValue appends the value behind its tag; the array of the two is not
// counted as a level.
func (u *unionCodec[Req]) appendValue(dst []byte, v Req) ([]byte, error) {
	nested, err := u.inspector.inspectAs(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	buf := bytes.NewBuffer(dst)
	if err := u.enc.MarshalToBuffer(v, buf); err != nil {
		return nil, err
	}
	if nested {
		err = ofLibrary(u.dec.Wellformed(buf.Bytes()[len(dst):]), u.inspector.limits)
	}
	return buf.Bytes(), err
}

// Parse implements [Codec].
func (u *unionCodec[Req]) Parse(b []byte) (Req, error) { return u.parseWithin(b, 0) }

func (u *unionCodec[Req]) parseWithin(b []byte, memory int64) (Req, error) {
	var zero Req
	tag, body, err := splitUnion(b)
	if err != nil {
		return zero, failed[Req](OpParse, nameUnion, err)
	}
	t, ok := u.byTag[string(tag)]
	if !ok {
		return zero, failed[Req](OpParse, nameUnion, u.none(string(tag[:min(len(tag), maxTagInErr)])))
	}
	variant := u.inspector.other(place{typ: t, addressable: true})
	if err := u.inspector.affordsAs(variant, body, u.inspector.limits.memory(memory)); err != nil {
		return zero, failed[Req](OpParse, nameUnion, err)
	}
	v := reflect.New(t)
	if err := u.dec.Unmarshal(body, v.Interface()); err != nil {
		return zero, failed[Req](OpParse, nameUnion, ofLibrary(err, u.inspector.limits))
	}
	req, ok := v.Elem().Interface().(Req)
	if !ok { // a variant is a Req by construction
		return zero, failed[Req](OpParse, nameUnion, u.none(t.String()))
	}
	return req, nil
}

func (u *unionCodec[Req]) none(got string) error {
	return &VariantError{Got: got, Allowed: slices.Clone(u.tags)}
}

// splitUnion takes apart the array of tag and value. That the value is one
// whole item, and the last, is for its decoder to see.
func splitUnion(b []byte) (tag, body []byte, err error) {
	major, n, rest, ok := parseHead(b)
	if !ok || major != majorArray || n != 2 {
		return nil, nil, errors.New("not an array of tag and value")
	}
	major, n, rest, ok = parseHead(rest)
	if !ok || major != majorText || n > uint64(len(rest)) {
		return nil, nil, errors.New("no tag before the value")
	}
	if !utf8.Valid(rest[:n]) {
		return nil, nil, fmt.Errorf("tag: %w", ErrNotUTF8)
	}
	return rest[:n], rest[n:], nil
}
