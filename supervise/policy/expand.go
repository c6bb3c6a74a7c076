package policy

import "strings"

// text is a string of the file in which ${VAR} was expanded.
type text struct {
	plain string // the value
	shown string // for people: the variables' names instead of their values
}

// String never tells what came from a variable.
func (t text) String() string { return t.shown }

// maxExpanded bounds what the texts with variables add up to.
const maxExpanded = 4 << 20

// expand replaces ${VAR} and ${VAR:-default}; "$${" is a "${" that stays. Any
// other "$" is itself. A default is used when the variable is not set or
// empty; it is taken as it is, up to the next "}".
func (d *decoder) expand(n *node, at string) (text, bool) {
	var plain, shown strings.Builder
	rest := n.text
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			break
		}
		if i > 0 && rest[i-1] == '$' {
			plain.WriteString(rest[:i-1] + "${")
			shown.WriteString(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		inner, after, closed := strings.Cut(rest[i+2:], "}")
		if !closed {
			d.fail(n.at, at, "has a ${ without its }", `close it, or write "$${" for a "${" that is meant`)
			return text{}, false
		}
		value, name, ok := d.variable(n, at, inner)
		if !ok || !d.room(n, at, i+len(value)+len(inner)) {
			return text{}, false
		}
		plain.WriteString(rest[:i] + value)
		shown.WriteString(rest[:i] + "${" + name + "}")
		rest = after
	}
	if plain.Len() > 0 && !d.room(n, at, len(rest)) {
		return text{}, false
	}
	t := text{plain.String() + rest, shown.String() + rest}
	if strings.ContainsRune(t.plain, 0) {
		d.fail(n.at, at, "holds a zero byte", "remove it: no program can be given one")
		return text{}, false
	}
	return t, true
}

// room takes as many bytes of maxExpanded, and reports once that there are no
// more.
func (d *decoder) room(n *node, at string, bytes int) bool {
	was := d.expanded
	d.expanded += bytes
	if was <= maxExpanded && d.expanded > maxExpanded {
		d.fail(n.at, at, "makes the texts of the file too long by its variables", "use shorter values; all together may have 4 MiB")
	}
	return d.expanded <= maxExpanded
}

// variable is the value of what stands between the braces.
func (d *decoder) variable(n *node, at, inner string) (value, name string, ok bool) {
	name, fallback, has := strings.Cut(inner, ":-")
	if !isName(name) {
		d.fail(n.at, at, "has a ${…} that names no variable", `write "${NAME}" or "${NAME:-default}"; "$${" is a "${" that is meant`)
		return "", "", false
	}
	if strings.Contains(fallback, "${") {
		d.fail(n.at, at, "has a ${…} within a ${…}", "use one variable, whose default is a plain text")
		return "", name, false
	}
	value, set := d.env(name)
	switch {
	case value != "":
		return value, name, true
	case has:
		return fallback, name, true
	case set:
		return "", name, true
	}
	d.fail(n.at, at, "uses the variable "+name+", which is not set", `set it, or write "${`+name+`:-default}"`)
	return "", name, false
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || '9' < c) {
			return false
		}
	}
	return s != ""
}
