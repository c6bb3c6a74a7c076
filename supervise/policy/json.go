package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// jsonReader builds nodes of JSON, with the places that the YAML of the same
// text would have.
type jsonReader struct {
	*builder
	data []byte
	dec  *json.Decoder
	seen int // how many bytes are before now
	now  pos
}

// parseJSON builds the node of the file; nil when there is an error.
func (b *builder) parseJSON(data []byte) *node {
	if len(bytes.TrimSpace(data)) == 0 {
		b.fail(pos{1, 1}, "the file is empty", "write one object, with the key supervisor")
		return nil
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		at := len(data)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = int(syntax.Offset) - 1
		}
		b.fail(posOf(data, max(at, 0)), "this is no JSON: "+err.Error(), "correct it, or give the file the ending .yaml, which allows more")
		return nil
	}
	r := &jsonReader{builder: b, data: data, dec: json.NewDecoder(bytes.NewReader(data)), now: pos{1, 1}}
	r.dec.UseNumber()
	return r.value(1)
}

// token returns the next one and its place. The text is valid: there is one.
func (r *jsonReader) token() (json.Token, pos) {
	from := int(r.dec.InputOffset())
	rest := r.data[from:]
	from += len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,:"))
	t, err := r.dec.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		r.full, r.cut = true, true
		r.fail(r.place(from), "this is no JSON: "+err.Error(), "correct it")
	}
	return t, r.place(from)
}

// place is posOf for offsets that only grow, without counting again.
func (r *jsonReader) place(offset int) pos {
	for offset = min(offset, len(r.data)); r.seen < offset; {
		c, size := utf8.DecodeRune(r.data[r.seen:])
		r.seen += size
		r.now.col++
		if c == '\n' {
			r.now = pos{r.now.line + 1, 1}
		}
	}
	return r.now
}

func (r *jsonReader) value(depth int) *node {
	t, at := r.token()
	if !r.count(at, depth) {
		return nil
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return r.list(at, depth)
		}
		return r.object(at, depth)
	case string:
		return &node{form: stringForm, text: t, at: at}
	case json.Number:
		n := &node{form: intForm, text: t.String(), at: at}
		if strings.ContainsAny(n.text, ".eE") {
			n.form = floatForm
		}
		return n
	case bool:
		n := &node{form: boolForm, text: "false", at: at}
		if t {
			n.text = "true"
		}
		return n
	}
	return &node{text: "null", at: at}
}

func (r *jsonReader) list(at pos, depth int) *node {
	n := &node{form: listForm, at: at}
	for !r.full && r.dec.More() {
		if item := r.value(depth + 1); item != nil {
			n.items = append(n.items, item)
		}
	}
	r.token()
	return n
}

func (r *jsonReader) object(at pos, depth int) *node {
	n := &node{form: mapForm, at: at}
	first := map[string]pos{}
	for !r.full && r.dec.More() {
		t, where := r.token()
		text, _ := t.(string)
		key := &node{form: stringForm, text: text, at: where}
		if !r.count(where, depth+1) {
			break
		}
		value := r.value(depth + 1)
		if before, twice := first[text]; twice {
			r.duplicate(key, before)
			continue
		}
		first[text] = where
		if value != nil {
			n.items = append(n.items, key, value)
		}
	}
	r.token()
	return n
}
