package policy

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const oneDocument = "write one document, with the key supervisor"

// parseYAML builds the node of the only document; nil when there is an error.
func (b *builder) parseYAML(data []byte) *node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		b.fail(pos{1, 1}, "the file is empty", oneDocument)
		return nil
	case err != nil:
		b.syntax(data, err)
		return nil
	}
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
	case err != nil:
		b.syntax(data, err)
		return nil
	default:
		b.fail(pos{next.Line, next.Column}, "a second document begins", "use one file for each tree")
	}
	if len(doc.Content) != 1 || isNull(doc.Content[0]) {
		b.fail(pos{doc.Line, doc.Column}, "the file is empty", oneDocument)
		return nil
	}
	return b.fromYAML(doc.Content[0], 1, nil)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// versionLine names the version that a document is written in.
var versionLine = regexp.MustCompile(`(?m)^%YAML `)

// syntax reports what the parser could not read. The parser tells a line,
// which can be that of the construct around the mistake, and no column; how
// far it has read tells more, so it reads once more, byte by byte.
func (b *builder) syntax(data []byte, err error) {
	if at := versionLine.FindIndex(data); at != nil && strings.Contains(err.Error(), "incompatible YAML") {
		b.fail(posOf(data, at[0]), "this version of YAML is not the one that is read here, 1.1", "remove the line")
		return
	}
	r := &oneByOne{data: data}
	dec := yaml.NewDecoder(r)
	for again := error(nil); again == nil; {
		var n yaml.Node
		again = dec.Decode(&n)
	}
	read := bytes.TrimRight(data[:r.read], " \t\r\n")
	text := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	b.fail(posOf(data, max(len(read)-1, 0)), "this is no YAML: "+text, "look here and in the line above for a wrong indentation, or for a text that needs quotes")
}

// oneByOne is a reader that knows how far it was needed.
type oneByOne struct {
	data []byte
	read int
}

func (r *oneByOne) Read(p []byte) (int, error) {
	if r.read == len(r.data) {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1)], r.data[r.read:])
	r.read += n
	return n, nil
}

// posOf is the place of the byte at offset.
func posOf(data []byte, offset int) pos {
	before := data[:min(offset, len(data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return pos{bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1}
}

// fromYAML copies n. inside are the anchors that are being expanded.
func (b *builder) fromYAML(n *yaml.Node, depth int, inside []*yaml.Node) *node {
	at := pos{n.Line, n.Column}
	if !b.count(at, depth) {
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		for _, open := range inside {
			if open == n.Alias {
				return b.leave(at, "the anchor "+quote(n.Value)+" contains itself", "write the inner value out")
			}
		}
		return b.fromYAML(n.Alias, depth, append(inside[:len(inside):len(inside)], n.Alias))
	case yaml.ScalarNode:
		return b.scalar(n, at)
	case yaml.SequenceNode:
		list := &node{form: listForm, at: at}
		if !b.plainTag(n, at, "!!seq") {
			return nil
		}
		inside = opened(n, inside)
		for _, item := range n.Content {
			if got := b.fromYAML(item, depth+1, inside); got != nil {
				list.items = append(list.items, got)
			}
		}
		return list
	case yaml.MappingNode:
		if !b.plainTag(n, at, "!!map") {
			return nil
		}
		return b.mapping(n, depth, opened(n, inside))
	case yaml.DocumentNode: // within one is none
	}
	return b.leave(at, "this is no value", "write a text, a number, a list or a mapping")
}

// opened adds n to those that must not be met again inside.
func opened(n *yaml.Node, inside []*yaml.Node) []*yaml.Node {
	if n.Anchor == "" {
		return inside
	}
	return append(inside[:len(inside):len(inside)], n)
}

func (b *builder) plainTag(n *yaml.Node, at pos, want string) bool {
	if n.ShortTag() == want {
		return true
	}
	b.leave(at, "the tag "+quote(n.Tag)+" is not known here", "remove it")
	return false
}

func (b *builder) scalar(n *yaml.Node, at pos) *node {
	if !b.holds(at, n.Value) {
		return nil
	}
	got := &node{text: n.Value, at: at}
	switch n.ShortTag() {
	case "!!null":
		got.form = nullForm
	case "!!bool":
		got.form = boolForm
		if got.isFalse() == got.isTrue() { // neither: the tag is written, as in "!!bool yes"
			return b.leave(at, "the tag !!bool is on "+quote(n.Value), "write true or false, without a tag")
		}
	case "!!int":
		got.form = intForm
	case "!!float":
		got.form = floatForm
	case "!!str", "!!timestamp", "!!merge": // the last two are texts where no mapping asks
		got.form = stringForm
	default:
		b.plainTag(n, at, "")
		return nil
	}
	return got
}

// mapping copies the pairs; those of a merge ("<<") come where the mapping
// does not have the key itself.
func (b *builder) mapping(n *yaml.Node, depth int, inside []*yaml.Node) *node {
	m := &node{form: mapForm, at: pos{n.Line, n.Column}}
	first := map[string]pos{}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge" {
			merges = append(merges, v)
			continue
		}
		key := b.key(k, depth)
		value := b.fromYAML(v, depth+1, inside)
		if key == nil || value == nil {
			continue
		}
		if at, twice := first[key.text]; twice {
			b.duplicate(key, at)
			continue
		}
		first[key.text] = key.at
		m.items = append(m.items, key, value)
	}
	for _, v := range merges {
		b.merge(m, b.fromYAML(v, depth+1, inside), first)
	}
	return m
}

func (b *builder) key(k *yaml.Node, depth int) *node {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	at := pos{k.Line, k.Column}
	if k.Kind != yaml.ScalarNode {
		return b.leave(at, "a key is no text", "write the name of a key")
	}
	if !b.count(at, depth+1) || !b.holds(at, k.Value) {
		return nil
	}
	key := &node{form: stringForm, text: k.Value, at: at}
	if strings.ContainsRune(key.text, '\n') {
		return b.leave(at, "a key has several lines", "write the name of a key")
	}
	return key
}

// merge adds the pairs of from, a mapping or a list of such, that m lacks.
func (b *builder) merge(m, from *node, has map[string]pos) {
	switch {
	case from == nil:
	case from.form == mapForm:
		from.pairs(func(key, value *node) {
			if _, ok := has[key.text]; !ok {
				has[key.text] = key.at
				m.items = append(m.items, key, value)
			}
		})
	case from.form == listForm:
		for _, one := range from.items {
			if one.form != mapForm {
				b.leave(one.at, "what is merged is no mapping", "merge an alias of a mapping")
				continue
			}
			b.merge(m, one, has)
		}
	default:
		b.leave(from.at, "what is merged is no mapping", "merge an alias of a mapping")
	}
}
