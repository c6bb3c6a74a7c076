package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Types that the property below is made of, beside what Go has itself.
type (
	grade  int
	shade  uint8 // a byte with methods
	label  string
	empty  struct{}
	sealed struct{ n int } //nolint:unused // nothing of it arrives
	stamp  time.Time
	moment struct{ time.Time }
	dated  struct {
		time.Time
		Note string
	}
	pair2 struct {
		A, B int
	}
	outer struct {
		pair2
		C string `json:"c,omitempty"`
	}
	shadowed struct {
		pair2
		A string
	}
	byPointer struct {
		*pair2
		C int
	}
	numbered struct {
		A string `cbor:"1,keyasint"`
		B int    `cbor:"-2,keyasint"`
	}
	row struct {
		_ struct{} `cbor:",toarray"`
		A int
		B []string
	}
	ring struct {
		V    int
		Next *ring
	}
)

func (s shade) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "shade %d", uint8(s)), nil }
func (s *shade) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "shade %d", (*uint8)(s))
	return err
}

// baseTypes are the leaves of the types that are drawn.
func baseTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int64](), reflect.TypeFor[uint8](),
		reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[string](),
		reflect.TypeFor[[]byte](), reflect.TypeFor[[3]byte](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](),
		reflect.TypeFor[grade](), reflect.TypeFor[shade](), reflect.TypeFor[label](), reflect.TypeFor[empty](), reflect.TypeFor[sealed](),
		reflect.TypeFor[stamp](), reflect.TypeFor[moment](), reflect.TypeFor[dated](), reflect.TypeFor[outer](), reflect.TypeFor[shadowed](),
		reflect.TypeFor[byPointer](), reflect.TypeFor[numbered](), reflect.TypeFor[row](), reflect.TypeFor[ring](), reflect.TypeFor[netip.Addr](),
		reflect.TypeFor[big.Int](), reflect.TypeFor[url.URL](), reflect.TypeFor[json.Number](), reflect.TypeFor[error](), reflect.TypeFor[complex64](),
		reflect.TypeFor[func()](), reflect.TypeFor[json.RawMessage](),
	}
}

func drawType(t *rapid.T, depth int) reflect.Type {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 || kind < 4 {
		return rapid.SampledFrom(baseTypes()).Draw(t, "base")
	}
	elem := drawType(t, depth-1)
	switch kind {
	case 4:
		return reflect.SliceOf(elem)
	case 5:
		return reflect.ArrayOf(rapid.IntRange(0, 3).Draw(t, "len"), elem)
	case 6:
		return reflect.PointerTo(elem)
	case 7:
		key := drawType(t, depth-1)
		if !key.Comparable() {
			key = reflect.TypeFor[string]()
		}
		return reflect.MapOf(key, elem)
	}
	names := []string{"A", "B", "C"}
	var fields []reflect.StructField
	for i := range rapid.IntRange(0, 3).Draw(t, "fields") {
		tag := rapid.SampledFrom([]reflect.StructTag{"", "", "", `json:"x"`, `json:"X"`, `cbor:"y" json:"z"`}).Draw(t, "tag")
		fields = append(fields, reflect.StructField{Name: names[i], Type: drawType(t, depth-1), Tag: tag})
	}
	return reflect.StructOf(fields)
}

// drawInto fills a value of a drawn type.
func drawInto(t *rapid.T, v reflect.Value, depth int) {
	switch held := v.Addr().Interface().(type) {
	case *time.Time:
		zone := rapid.SampledFrom([]*time.Location{time.UTC, time.FixedZone("", 3600), time.FixedZone("LMT", 53*60+28)}).Draw(t, "zone")
		*held = time.Unix(rapid.SampledFrom([]int64{-62135596800, -3e9, 0, 1, 2e9}).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
		return
	case *moment:
		drawInto(t, v.Field(0), depth)
		return
	case *netip.Addr:
		*held = netip.MustParseAddr(rapid.SampledFrom([]string{"::1", "1.2.3.4", "fe80::1%eth0"}).Draw(t, "addr"))
		return
	case *big.Int:
		held.SetInt64(rapid.Int64().Draw(t, "big"))
		return
	case *url.URL:
		u, err := url.Parse("https://u:p@h/p?q#f")
		require.NoError(t, err)
		*held = *u
		return
	case *json.Number:
		*held = "12345678901234567890"
		return
	case *json.RawMessage:
		*held = json.RawMessage(`{"a":1}`)
		return
	}
	switch v.Kind() { //nolint:exhaustive // no other is drawn, or stays zero
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int") >> (64 - v.Type().Bits()))
	case reflect.Uint8, reflect.Uint64, reflect.Uintptr:
		v.SetUint(rapid.Uint64().Draw(t, "uint") >> (64 - v.Type().Bits()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1.5, -1e30, math.Inf(1), 0.1}).Draw(t, "float"))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "text", "\xff", "é\x00"}).Draw(t, "string"))
	case reflect.Slice:
		if rapid.Bool().Draw(t, "nil") {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "len"), 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			drawInto(t, v.Index(i), depth)
		}
	case reflect.Pointer:
		if depth > 0 && rapid.Bool().Draw(t, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			drawInto(t, v.Elem(), depth-1)
		}
	case reflect.Map:
		if rapid.Bool().Draw(t, "nil") {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 2).Draw(t, "pairs") {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			drawInto(t, key, depth)
			drawInto(t, elem, depth)
			v.SetMapIndex(key, elem)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				drawInto(t, f, depth)
			} else if v.Type().Field(i).Anonymous && f.Kind() == reflect.Struct {
				for j := range f.NumField() {
					if f.Field(j).CanSet() {
						drawInto(t, f.Field(j), depth)
					}
				}
			}
		}
	}
}

// carry writes a value and reads it back as a codec of its type does.
func carry(f form, v reflect.Value) (back reflect.Value, sent bool, err error) {
	n := &inspector{form: f, typ: v.Type()}
	if _, err := n.inspect(v); err != nil {
		return back, false, err
	}
	back = reflect.New(v.Type())
	if f == formJSON {
		b, err := json.Marshal(v.Addr().Interface())
		if err != nil {
			return back, false, err
		}
		return back.Elem(), true, json.Unmarshal(b, back.Interface())
	}
	enc, dec := cborModes(Limits{})
	var b bytes.Buffer
	if err := enc.MarshalToBuffer(v.Addr().Interface(), &b); err != nil {
		return back, false, err
	}
	return back.Elem(), true, dec.Unmarshal(b.Bytes(), back.Interface())
}

// Guarantee(values): A value arrives as it was sent; a type or a value of which a part would be lost is refused by name.
func TestWhatIsSentArrives(t *testing.T) {
	t.Parallel()
	sent := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 { // most types are small, so a check bears several
			typ := drawType(t, 3)
			v := reflect.New(typ).Elem()
			drawInto(t, v, 3)
			for _, f := range []form{formCBOR, formJSON} {
				back, was, err := carry(f, v)
				if !was {
					require.Error(t, err)
					continue
				}
				sent++
				require.NoError(t, err, "%d: %v", f, typ)
				require.True(t, same(v, back), "%d: %v: %#v became %#v", f, typ, v.Interface(), back.Interface())
			}
		}
	})
	require.Positive(t, sent)
}

// same is reflect.DeepEqual with times that are compared by instant and offset.
func same(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[time.Time]() {
		x, y := a.Interface().(time.Time), b.Interface().(time.Time)
		_, ox := x.Zone()
		_, oy := y.Zone()
		return x.Equal(y) && ox == oy
	}
	switch a.Kind() { //nolint:exhaustive // the others are compared below
	case reflect.Struct:
		if _, own := formCBOR.writes(a.Type(), true); own && a.Type() != reflect.TypeFor[moment]() {
			return reflect.DeepEqual(a.Interface(), b.Interface())
		}
		for i := range a.NumField() {
			if !a.Type().Field(i).IsExported() && !a.Type().Field(i).Anonymous {
				continue
			}
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || same(a.Elem(), b.Elem()))
	case reflect.Slice:
		if a.IsNil() != b.IsNil() {
			return false
		}
		fallthrough
	case reflect.Array:
		return a.Len() == b.Len() && !slices.ContainsFunc(indexes(a.Len()), func(i int) bool { return !same(a.Index(i), b.Index(i)) })
	case reflect.Map:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for pairs := a.MapRange(); pairs.Next(); {
			if !slices.ContainsFunc(b.MapKeys(), func(k reflect.Value) bool {
				return same(pairs.Key(), k) && same(pairs.Value(), b.MapIndex(k))
			}) {
				return false
			}
		}
		return true
	case reflect.Float32, reflect.Float64:
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// A regular expression is more than its text, but its own methods carry it.
func TestTypesWithMethodsOfTheirOwnAreCarried(t *testing.T) {
	t.Parallel()
	for _, f := range []form{formCBOR, formJSON} {
		v := reflect.New(reflect.TypeFor[*regexp.Regexp]()).Elem()
		v.Set(reflect.ValueOf(regexp.MustCompile("a+")))
		back, sent, err := carry(f, v)
		require.NoError(t, err)
		require.True(t, sent)
		require.Equal(t, "a+", back.Interface().(*regexp.Regexp).String())
	}
}
