package policy

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/proctor-dev/proctor/internal/nearest"
	"github.com/proctor-dev/proctor/supervise"
)

// dict is an object of a schema.
type dict = map[string]any

// notExpanded is the mistake of a variable where there is none.
const (
	notExpanded     = "holds a ${…}, which is not expanded here"
	notExpandedMend = "write it out; variables are expanded in command, env, dir and ready (but for stdout and stderr)"
)

// plain is a string in which nothing is expanded.
func plain(schema dict, check func(string) (problem, hint string)) kind[string] {
	return kind[string]{schema, func(d *decoder, n *node, at string) (string, bool) {
		if n.form != stringForm {
			d.fail(n.at, at, "is "+describe(n)+", not a text", "write a text; put it in quotes")
			return "", false
		}
		if strings.Contains(n.text, "${") {
			d.fail(n.at, at, notExpanded, notExpandedMend)
			return "", false
		}
		if problem, hint := check(n.text); problem != "" {
			d.fail(n.at, at, problem, hint)
			return "", false
		}
		return n.text, true
	}}
}

// identifier is an id, or the name of the top, which is the beginning of paths.
func identifier() kind[string] {
	return plain(dict{"type": "string", "pattern": `^[^/#\x00-\x1f\x7f-\x9f]+$`}, func(s string) (string, string) {
		switch {
		case s == "":
			return "is empty", "give it a name"
		case strings.ContainsAny(s, "/#"):
			return quote(s) + " holds a / or a #, which separate paths", "use other characters"
		case strings.ContainsFunc(s, unicode.IsControl):
			return quote(s) + " holds a control character, which would be printed", "use other characters"
		}
		return "", ""
	})
}

// word is a text that must not be empty.
func word() kind[string] {
	return plain(dict{"type": "string", "minLength": 1}, func(s string) (string, string) {
		if s == "" {
			return "is empty", "write a text, or leave the key out"
		}
		return "", ""
	})
}

// expanded is a string in which variables are expanded. A number, true and
// false are taken as they are written.
func expanded() kind[text] {
	return kind[text]{dict{"type": []string{"string", "number", "boolean"}}, func(d *decoder, n *node, at string) (text, bool) {
		switch n.form {
		case nullForm, listForm, mapForm:
			d.fail(n.at, at, "is "+describe(n)+", not a text", `write a text; an empty one is ""`)
			return text{}, false
		case boolForm, intForm, floatForm, stringForm:
		}
		return d.expand(n, at)
	}}
}

// checked is expanded text that the schema checks no further, and check once
// it is expanded: its problem must not tell it.
func checked(check func(string) (problem, hint string)) kind[text] {
	k := expanded()
	return kind[text]{dict{"type": "string", "minLength": 1}, func(d *decoder, n *node, at string) (text, bool) {
		if n.form != stringForm {
			d.fail(n.at, at, "is "+describe(n)+", not a text", "write a text; put it in quotes")
			return text{}, false
		}
		t, ok := k.read(d, n, at)
		if !ok {
			return t, false
		}
		problem, hint := "", ""
		if t.plain == "" {
			problem, hint = "is empty", "write a text, or leave the key out"
		} else {
			problem, hint = check(t.plain)
		}
		if problem != "" {
			d.fail(n.at, at, problem, hint)
		}
		return t, problem == ""
	}}
}

func boolean() kind[bool] {
	return kind[bool]{dict{"type": "boolean"}, func(d *decoder, n *node, at string) (bool, bool) {
		if n.form != boolForm {
			d.fail(n.at, at, "is "+describe(n), "write true or false")
			return false, false
		}
		return n.isTrue(), true
	}}
}

// onlyTrue is a key that says something by being there.
func onlyTrue() kind[bool] {
	k := boolean()
	return kind[bool]{dict{"const": true}, func(d *decoder, n *node, at string) (bool, bool) {
		v, ok := k.read(d, n, at)
		if ok && !v {
			d.fail(n.at, at, "is false, which says nothing", "write true, or leave the key out")
		}
		return v, ok && v
	}}
}

// leadingZero is how YAML 1.1 writes octal numbers, and 1.2 decimal ones.
var leadingZero = regexp.MustCompile(`^[-+]?0[0-9_]`)

// integer is a whole number from least to most.
func integer(least, most int) kind[int] {
	return kind[int]{dict{"type": "integer", "minimum": least, "maximum": most}, func(d *decoder, n *node, at string) (int, bool) {
		hint := fmt.Sprintf("write a whole number from %d to %d", least, most)
		if least == most {
			hint = fmt.Sprintf("write %d", least)
		}
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		i, hex := strconv.ParseInt(n.text, 0, 64)
		switch {
		case n.form != intForm && n.form != floatForm:
			d.fail(n.at, at, "is "+describe(n)+", not a number", hint)
			return 0, false
		case leadingZero.MatchString(n.text):
			d.fail(n.at, at, "is "+n.text+", which is another number in another version of YAML", "write it without the zero at the front, or with 0o for an octal one")
			return 0, false
		case n.form == intForm && hex == nil:
			f = float64(i)
		case err != nil || f != math.Trunc(f):
			d.fail(n.at, at, "is "+n.text+", which is no whole number", hint)
			return 0, false
		}
		switch {
		case f < 0 && least >= 0:
			d.fail(n.at, at, "is "+n.text+", which is negative", hint)
		case f < float64(least):
			d.fail(n.at, at, "is "+n.text+", which is too small", hint)
		case f > float64(most):
			d.fail(n.at, at, "is "+n.text+", which is too large", hint)
		default:
			return int(f), true
		}
		return 0, false
	}}
}

// number is a number from least to most.
func number(least, most float64) kind[float64] {
	return kind[float64]{dict{"type": "number", "minimum": least, "maximum": most}, func(d *decoder, n *node, at string) (float64, bool) {
		hint := fmt.Sprintf("write a number from %v to %v", least, most)
		f, err := strconv.ParseFloat(n.text, 64)
		switch {
		case n.form != intForm && n.form != floatForm || err != nil:
			d.fail(n.at, at, "is "+describe(n)+", not a plain number", hint)
		case !(f >= least && f <= most): // not NaN
			d.fail(n.at, at, "is "+n.text, hint)
		default:
			return f, true
		}
		return 0, false
	}}
}

// enum is one of the texts of values.
func enum[V fmt.Stringer](values ...V) kind[V] {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.String()
	}
	return kind[V]{dict{"enum": names}, func(d *decoder, n *node, at string) (V, bool) {
		for i, name := range names {
			if n.form == stringForm && n.text == name {
				return values[i], true
			}
		}
		hint := "write " + alternatives(names)
		if near := nearest.To(n.text, names); near != "" && n.form == stringForm {
			hint = "did you mean " + near + "?"
		}
		problem := "is " + describe(n)
		if n.form < listForm {
			problem = "is " + quote(n.text) + ", which is not known"
		}
		d.fail(n.at, at, problem, hint)
		var none V
		return none, false
	}}
}

func alternatives(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// duration is one that is positive, or, when that is allowed, zero.
func duration(zero bool) kind[time.Duration] {
	schema := dict{"type": "string", "pattern": durationPattern}
	if !zero {
		schema["allOf"] = []any{dict{"pattern": nonzeroPattern}}
	}
	return kind[time.Duration]{schema, func(d *decoder, n *node, at string) (time.Duration, bool) {
		return d.duration(n, at, zero, durationHint)
	}}
}

func (d *decoder) duration(n *node, at string, zero bool, hint string) (time.Duration, bool) {
	switch n.form {
	case intForm, floatForm:
		d.fail(n.at, at, "is "+n.text+", which has no unit", "write it with one, such as "+quote(n.text+"s")+" or "+quote(n.text+"ms"))
		return 0, false
	case stringForm:
	case nullForm, boolForm, listForm, mapForm:
		d.fail(n.at, at, "is "+describe(n)+", not a duration", hint)
		return 0, false
	}
	v, problem := parseDuration(n.text)
	switch {
	case problem != "":
		d.fail(n.at, at, "is "+quote(n.text)+", which "+problem, hint)
	case v == 0 && !zero:
		d.fail(n.at, at, "is "+quote(n.text)+", which is no time at all", "make it longer than zero")
	default:
		return v, true
	}
	return 0, false
}

// shutdown is a duration, or one of OTP's words. Zero is taken in Go values,
// so that it becomes the least that is not.
func shutdown() kind[time.Duration] {
	schema := dict{"anyOf": []any{dict{"enum": []string{brutalKill, infinity}}, dict{"type": "string", "pattern": durationPattern}}}
	return kind[time.Duration]{schema, func(d *decoder, n *node, at string) (time.Duration, bool) {
		switch {
		case n.form != stringForm:
		case n.text == brutalKill:
			return supervise.BrutalKill, true
		case n.text == infinity:
			return supervise.Infinity, true
		}
		hint := "write brutal_kill, infinity, or a duration such as \"5s\""
		if near := nearest.To(n.text, []string{brutalKill, infinity}); near != "" && n.form == stringForm {
			hint = "did you mean " + near + "?"
		}
		v, ok := d.duration(n, at, true, hint)
		return max(v, 1), ok
	}}
}

const (
	brutalKill = "brutal_kill"
	infinity   = "infinity"
)
