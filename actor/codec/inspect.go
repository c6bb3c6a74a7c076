package codec

import (
	"reflect"
	"strconv"
	"sync"
	"unicode/utf8"
)

// maxHops is how many pointers and interfaces may follow each other without an
// array or a map between them.
const maxHops = 64

// inspector looks at values before they are written, so that what the other
// side would refuse, or what has no end, is not even begun. It looks only where
// a type leaves room for such values.
type inspector struct {
	form   form
	limits Limits
	typ    reflect.Type // of the codec
	once   sync.Once
	root   seenShape // of typ; set by once
	others sync.Map  // place to *seenShape: what interfaces held, and variants
}

// seenShape is a shape, and what is wrong with its type.
type seenShape struct {
	*shape
	refused  *TypeError // why no value of it arrives
	unwanted *TypeError // the same, or why none of it can be read
	perByte  int64      // bounds what each byte of an input allocates
}

func newInspector[T any](f form, l Limits) *inspector {
	return &inspector{form: f, limits: l, typ: reflect.TypeFor[T]()}
}

func (n *inspector) see(at place) seenShape {
	sh := shapeOf(n.form, at, n.limits.depth())
	return seenShape{sh, sh.refused(true), sh.refused(false), sh.perByteOf()}
}

func (n *inspector) shape() *seenShape {
	n.once.Do(func() { n.root = n.see(place{typ: n.typ, addressable: true}) })
	return &n.root
}

// other returns the shape of a type at another place than that of the codec's.
func (n *inspector) other(at place) *seenShape {
	if known, ok := n.others.Load(at); ok {
		return known.(*seenShape) //nolint:errcheck,forcetypeassert // nothing else is stored
	}
	sh := n.see(at)
	known, _ := n.others.LoadOrStore(at, &sh)
	return known.(*seenShape) //nolint:errcheck,forcetypeassert // as above
}

// check returns what is wrong with the codec's type.
func (n *inspector) check() error {
	if err := n.shape().unwanted; err != nil {
		return err
	}
	return nil
}

// readable returns why no value of the codec's type is read, although the
// library would.
func (n *inspector) readable() error {
	if err := n.shape().refused; err != nil {
		return err
	}
	return nil
}

// inspect looks at the value of the codec's type that is behind a pointer.
// nested tells whether a method of the value's own writes a part of it that is
// to be looked at when it is written.
func (n *inspector) inspect(v reflect.Value) (nested bool, err error) {
	return n.inspectBy(n.shape(), v)
}

// inspectAs looks at a union's variant.
func (n *inspector) inspectAs(v reflect.Value) (nested bool, err error) {
	return n.inspectBy(n.other(place{typ: v.Type(), addressable: true}), v)
}

func (n *inspector) inspectBy(sh *seenShape, v reflect.Value) (nested bool, err error) {
	if sh.refused != nil {
		return false, sh.refused
	}
	if !sh.inspected {
		return false, nil
	}
	l := inspection{inspector: n, depthLimit: n.limits.depth()}
	if flaw := l.value(sh.shape, v); flaw != nil {
		return false, flaw.error()
	}
	return l.nested, nil
}

// inspection is one look at a value and at all that it holds.
type inspection struct {
	*inspector
	depthLimit int
	depth      int // arrays and maps around the value
	hops       int // pointers and interfaces since the last of them
	size       int // bytes that what was seen takes at least
	nested     bool
}

// value looks at one value, and is nil if there is nothing to say.
func (l *inspection) value(sh *shape, v reflect.Value) *flaw {
	if !sh.inspected {
		return nil
	}
	switch sh.kind {
	case shapePlain:
		return l.number(v)
	case shapeText:
		if sh.held && isDigits(sh.typ) {
			return l.digits(v.String())
		}
		return l.text(v.String())
	case shapeBytes:
		return l.sized(v.Len())
	case shapeTime:
		return l.time(v)
	case shapePointer:
		if v.IsNil() {
			return nil
		}
		if !sh.held {
			if flaw := l.null(v.Elem()); flaw != nil {
				return flaw
			}
		}
		return l.behind(sh.elem, v.Elem(), v)
	case shapeAny:
		if v.IsNil() {
			return nil
		}
		return l.any(v.Interface())
	case shapeOwn:
		return l.own(sh, v)
	case shapeWrap:
		return l.value(sh.elem, v.FieldByIndex(sh.fields[0].index))
	case shapeList, shapeDict:
		if v.Kind() != reflect.Array && v.IsNil() {
			return nil
		}
		return l.inside(sh, v)
	case shapeRecord:
		return l.inside(sh, v)
	}
	return nil
}

// behind looks at what a pointer or an interface leads to.
func (l *inspection) behind(sh *shape, v, from reflect.Value) *flaw {
	if l.hops++; l.hops > maxHops {
		return &flaw{cause: &LimitError{What: BoundDepth, Limit: uint64(l.depthLimit), Self: true}}
	}
	flaw := l.value(sh, v)
	l.hops--
	if flaw != nil {
		flaw.passed(from)
	}
	return flaw
}

// inside looks at what is in an array or a map.
func (l *inspection) inside(sh *shape, v reflect.Value) *flaw {
	if flaw := l.enter(); flaw != nil {
		return flaw
	}
	hops := l.hops
	l.hops = 0
	flaw := l.parts(sh, v)
	l.hops = hops
	l.depth--
	if flaw != nil && v.Kind() != reflect.Struct && v.Kind() != reflect.Array {
		flaw.passed(v)
	}
	return flaw
}

func (l *inspection) enter() *flaw {
	if l.depth++; l.depth > l.depthLimit {
		return &flaw{cause: &LimitError{What: BoundDepth, Limit: uint64(l.depthLimit)}}
	}
	return nil
}

func (l *inspection) parts(sh *shape, v reflect.Value) *flaw {
	switch sh.kind { //nolint:exhaustive // see the caller
	case shapeList:
		return l.list(sh, v)
	case shapeDict:
		if sh.typ == reflect.TypeFor[map[string]any]() {
			m, _ := v.Interface().(map[string]any)
			return l.anyDict(m)
		}
		return l.dict(sh, v)
	}
	for i := range sh.asked {
		f := &sh.asked[i]
		var inner reflect.Value
		if len(f.index) == 1 {
			inner = v.Field(f.index[0])
		} else if inner = fieldAt(v, f.index); !inner.IsValid() {
			continue
		}
		var flaw *flaw
		if f.shape.kind == shapeText { // the usual one
			flaw = l.text(inner.String())
		} else {
			flaw = l.value(f.shape, inner)
		}
		if flaw != nil {
			return flaw.at(f.path)
		}
	}
	return nil
}

// fieldAt is v.FieldByIndex; invalid where a nil pointer is embedded.
func fieldAt(v reflect.Value, index []int) reflect.Value {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}

func (l *inspection) list(sh *shape, v reflect.Value) *flaw {
	n := v.Len()
	if flaw := l.elements(n); flaw != nil || !sh.elem.inspected {
		return flaw
	}
	if texts, ok := stringsIn(v); ok {
		for i, s := range texts {
			if flaw := l.text(s); flaw != nil {
				return flaw.at("[" + strconv.Itoa(i) + "]")
			}
		}
		return nil
	}
	for i := range n {
		if flaw := l.value(sh.elem, v.Index(i)); flaw != nil {
			return flaw.at("[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

// stringsIn returns a slice of strings without reflection.
func stringsIn(v reflect.Value) ([]string, bool) {
	if v.Type() != reflect.TypeFor[[]string]() {
		return nil, false
	}
	if v.CanAddr() {
		s, ok := v.Addr().Interface().(*[]string) // this way nothing is allocated
		if ok {
			return *s, true
		}
	}
	s, ok := v.Interface().([]string)
	return s, ok
}

func (l *inspection) elements(n int) *flaw {
	if n > MaxElements {
		return &flaw{cause: &LimitError{What: BoundElements, Limit: MaxElements}}
	}
	return l.sized(n)
}

func (l *inspection) dict(sh *shape, v reflect.Value) *flaw {
	n := v.Len()
	if flaw := l.pairs(n); flaw != nil || !sh.key.inspected && !sh.elem.inspected {
		return flaw
	}
	var met map[any]bool
	if sh.key.kind == shapeAny && l.form == formCBOR {
		met = make(map[any]bool, n)
	}
	key, elem := reflect.New(sh.key.typ).Elem(), reflect.New(sh.elem.typ).Elem()
	for pairs := v.MapRange(); pairs.Next(); {
		key.SetIterKey(pairs)
		flaw := l.value(sh.key, key)
		if flaw == nil && met != nil {
			flaw = l.key(sh.held, key, met)
		}
		if flaw == nil && sh.elem.inspected {
			elem.SetIterValue(pairs)
			flaw = l.value(sh.elem, elem)
		}
		if flaw != nil {
			return flaw.at(keyName(key))
		}
	}
	return nil
}

func (l *inspection) pairs(n int) *flaw {
	if n > MaxPairs {
		return &flaw{cause: &LimitError{What: BoundPairs, Limit: MaxPairs}}
	}
	return l.sized(2 * n)
}

// sized counts what is written at least.
func (l *inspection) sized(n int) *flaw {
	if l.size += n; l.size > MaxSize || l.size < 0 {
		return &flaw{cause: &LimitError{What: BoundSize, Limit: MaxSize}}
	}
	return nil
}

func (l *inspection) text(s string) *flaw {
	if !utf8.ValidString(s) {
		return &flaw{cause: ErrNotUTF8}
	}
	return l.sized(len(s))
}

// any looks at what an interface holds: the common values without reflection.
func (l *inspection) any(held any) *flaw {
	switch held := held.(type) {
	case nil, bool, float64:
		return nil
	case int:
		return l.number(reflect.ValueOf(held))
	case string:
		return l.text(held)
	}
	v := reflect.ValueOf(held)
	sh := l.other(place{typ: v.Type(), held: true})
	if sh.refused != nil {
		refused := *sh.refused
		return &flaw{cause: &refused}
	}
	return l.behind(sh.shape, v, reflect.Value{})
}

// anyDict is dict for the usual map in an interface.
func (l *inspection) anyDict(m map[string]any) *flaw {
	if flaw := l.pairs(len(m)); flaw != nil {
		return flaw
	}
	for key, held := range m {
		flaw := l.text(key)
		if flaw == nil {
			flaw = l.any(held)
		}
		if flaw != nil {
			return flaw.at(keyName(reflect.ValueOf(key)))
		}
	}
	return nil
}
