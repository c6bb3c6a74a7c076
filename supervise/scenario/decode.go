package scenario

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is one whose keys are taken out one by one.
type object struct {
	node
	taken map[string]bool
	err   error // the first mistake
}

func (n node) object() *object {
	o := &object{node: n, taken: make(map[string]bool)}
	if n.members == nil {
		o.err = n.want("an object")
	}
	return o
}

// take returns the member of that key, if it is there and nothing was wrong so
// far.
func (o *object) take(key string) (node, bool) {
	o.taken[key] = true
	n, ok := o.members[key]
	return n, ok && o.err == nil
}

// note keeps the first mistake.
func (o *object) note(err error) {
	if o.err == nil {
		o.err = err
	}
}

// rest returns the keys that nobody took.
func (o *object) rest() []string {
	return slices.DeleteFunc(slices.Clone(o.keys), func(key string) bool { return o.taken[key] })
}

// end returns the first mistake; a key that nobody took is one.
func (o *object) end() error {
	if rest := o.rest(); o.err == nil && len(rest) > 0 {
		return fault(o.place, "the key %.40q is unknown", rest[0])
	}
	return o.err
}

// text takes a string; nil when it is absent.
func (o *object) text(key string) *string {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	s, ok := n.value.(string)
	if !ok {
		o.note(n.want("a string"))
	}
	return &s
}

// flag takes a boolean; nil when it is absent.
func (o *object) flag(key string) *bool {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	b, ok := n.value.(bool)
	if !ok {
		o.note(n.want("true or false"))
	}
	return &b
}

// number takes an integer that is not below least; nil when it is absent.
func (o *object) number(key string, least int) *int {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	digits, _ := n.value.(json.Number)
	i, err := strconv.ParseInt(string(digits), 10, 32)
	switch {
	case err != nil && digits != "":
		o.note(fault(n.place, "%.40s must be an integer of at most 32 bits", digits))
	case err != nil:
		o.note(n.want("an integer"))
	case int(i) < least:
		o.note(fault(n.place, "%d must not be less than %d", i, least))
	}
	number := int(i)
	return &number
}

// list takes a list; nothing when it is absent.
func (o *object) list(key string) []node {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	list, ok := n.value.([]node)
	if !ok {
		o.note(n.want("a list"))
	}
	return list
}

// duration takes a time; nil when it is absent.
func (o *object) duration(key string) *time.Duration {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	d, err := n.duration("a time such as \"5s\"")
	o.note(err)
	return &d
}

// durationForm is how a time is written, with units that may follow.
func durationForm() *regexp.Regexp { return regexp.MustCompile(`^-?([0-9]+)(ms|s|m|h)$`) }

// duration reads a time.
func (n node) duration(what string) (time.Duration, error) {
	text, ok := n.value.(string)
	if !ok {
		return 0, n.want(what)
	}
	parts := durationForm().FindStringSubmatch(text)
	if parts == nil {
		return 0, fault(n.place, "%.40q must be %s: an integer and ms, s, m or h", text, what)
	}
	unit := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour}[parts[2]]
	count, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || count > int64(longest/unit) {
		return 0, fault(n.place, "%.40q is too long a time", text)
	}
	d := time.Duration(count) * unit
	if strings.HasPrefix(text, "-") {
		d = -d
	}
	return d, nil
}

// longest is the longest time, a hundredth of what a Duration holds, so that
// sums of them are right.
const longest = time.Duration(math.MaxInt64 / 100)

// path reads the path of a child or a supervisor.
func (n node) path() (string, error) {
	s, ok := n.value.(string)
	if !ok {
		return "", n.want("a path")
	}
	return s, nil
}
