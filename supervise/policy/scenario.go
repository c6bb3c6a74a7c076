package policy

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// Warning is about a key that was left out, or about what is hardly meant.
type Warning struct {
	File         string
	Line, Column int
	Text         string
}

// String is "file:line:column: text".
func (w Warning) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", w.File, w.Line, w.Column, w.Text)
}

// Scenario returns the tree as JSON in the form that scenarios of package
// supervise/scenario have it. Values are passed on as they are, for a scenario
// has OTP's supervisor refuse what is wrong when it is started: only what is no
// YAML or JSON, and unknown keys, are [Errors]. Keys that OTP lacks are left
// out, with a warning for each.
func Scenario(name string, data []byte) (supervisor []byte, warnings []Warning, err error) {
	b := &builder{file: name}
	s := &scenario{decoder: &decoder{builder: b, grammar: newGrammar()}}
	root := b.parse(data)
	if root != nil && !b.cut {
		s.file(root)
	}
	if err := b.errs.sorted(); err != nil {
		return nil, nil, err
	}
	supervisor, err = json.Marshal(s.top)
	return supervisor, s.warnings, err
}

type scenario struct {
	*decoder
	top      any
	warnings []Warning
}

func (s *scenario) file(root *node) {
	o := shapeOf("", &s.grammar.file)
	if root.form != mapForm {
		s.failAt(root.at, "", "the file is "+describe(root), oneDocument)
		return
	}
	known := s.known(root, "file", o)
	top := known["supervisor"]
	if top == nil {
		s.failAt(root.at, "", o.name+" has no supervisor", oneDocument)
		return
	}
	s.top = s.supervisor(top, "file.supervisor")
}

// known are the values of the keys that OTP has, too.
func (s *scenario) known(n *node, at string, o shape) map[string]*node {
	values := map[string]*node{}
	n.pairs(func(key, value *node) {
		k, ok := o.find(key.text)
		switch {
		case !ok && o.leaves(key.text):
		case !ok:
			s.unknown(key, at, o.name, o.infos)
		case k.beyond:
			s.warnings = append(s.warnings, Warning{s.builder.file, key.at.line, key.at.col, quote(key.text) + " is not in OTP, and is left out"})
		default:
			values[key.text] = value
		}
	})
	return values
}

func (s *scenario) supervisor(n *node, at string) any {
	if n.form != mapForm {
		return plainValue(n)
	}
	return translated(s.known(n, at, shapeOf("supervisor", &s.grammar.supervisor)), map[string]func(*node) any{
		"children": func(value *node) any { return s.children(value, at+".children") },
		"period":   scenarioDuration,
	})
}

// translated is a map of the file as scenarios have it: each value as it is, but
// for those that special knows better.
func translated(known map[string]*node, special map[string]func(*node) any) dict {
	out := dict{}
	for key, value := range known {
		as := plainValue
		if better := special[key]; better != nil {
			as = better
		}
		out[key] = as(value)
	}
	return out
}

func (s *scenario) children(n *node, at string) any {
	if n.form != listForm {
		return plainValue(n)
	}
	out := []any{}
	for i, item := range n.items {
		if item.form != mapForm {
			out = append(out, plainValue(item))
			continue
		}
		here := fmt.Sprintf("%s[%d]", at, i)
		out = append(out, translated(s.known(item, here, shapeOf("child", &s.grammar.child)), map[string]func(*node) any{
			"supervisor": func(value *node) any { return s.supervisor(value, here+".supervisor") },
			"shutdown":   scenarioDuration,
		}))
	}
	return out
}

var simpleDuration = regexp.MustCompile(`^-?[0-9]+(ms|s|m|h)$`)

// scenarioDuration writes durations as scenarios have them, in one unit and
// without fractions; what is no duration stays.
func scenarioDuration(n *node) any {
	if n.form != stringForm || simpleDuration.MatchString(n.text) {
		return plainValue(n)
	}
	d, problem := parseDuration(n.text)
	if problem != "" {
		return n.text
	}
	if d > 0 {
		d = max(d, time.Millisecond)
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// plainValue is n for encoding/json.
func plainValue(n *node) any {
	switch n.form {
	case boolForm:
		return n.isTrue()
	case intForm, floatForm:
		return n.number()
	case stringForm:
		return n.text
	case listForm:
		list := []any{}
		for _, item := range n.items {
			list = append(list, plainValue(item))
		}
		return list
	case mapForm:
		m := dict{}
		n.pairs(func(k, v *node) { m[k.text] = plainValue(v) })
		return m
	case nullForm:
	}
	return nil
}

// number is the value of a number; what JSON has no number for, the text.
func (n *node) number() any {
	if i, err := strconv.ParseInt(n.text, 0, 64); err == nil {
		return i
	}
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return n.text
	}
	return f
}
