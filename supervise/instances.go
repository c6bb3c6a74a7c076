package supervise

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// instances numbers the instances of a SimpleOneForOne. The numbers go on
// when the supervisor is restarted.
type instances struct {
	last int
	// Those that were never up, as ranges in order; so that a former instance
	// can be told from one that never was.
	idle []span
}

// span is a range of numbers, both ends included.
type span struct{ first, last int }

// mostSpans bounds the memory of instances: of numbers that old nobody asks.
const mostSpans = 1000

// take gives the next number.
func (n *instances) take() int {
	n.last++
	return n.last
}

// never notes that the instance of that number, the last one, was never up.
func (n *instances) never(number int) {
	if i := len(n.idle) - 1; i >= 0 && n.idle[i].last == number-1 {
		n.idle[i].last = number
		return
	}
	if len(n.idle) == mostSpans {
		n.idle = slices.Delete(n.idle, 0, 1)
	}
	n.idle = append(n.idle, span{number, number})
}

// was reports whether an instance of that number was up once.
func (n *instances) was(number int) bool {
	return number > 0 && number <= n.last &&
		!slices.ContainsFunc(n.idle, func(s span) bool { return s.first <= number && number <= s.last })
}

// serveInstance starts the next instance.
func (m *machine) serveInstance(t tag, start StartFunc) error {
	if m.template == nil {
		return ErrNotSimpleOneForOne
	}
	spec, number := *m.template, m.instances.take()
	spec.ID = instanceID(spec.ID, number)
	if start != nil {
		spec.Start = start
	}
	c := m.add(spec)
	c.number, c.ownStart = number, start != nil
	m.op = &operation{kind: adding, tag: t, starts: []*child{c}}
	return nil
}

// instanceID is the id of an instance, such as "w#3".
func instanceID(template string, number int) string {
	return fmt.Sprintf("%s%s%d", template, instanceMark, number)
}

// formerInstance answers the request to terminate an instance that is not
// there: it is well when it was there once (OTP: terminate_child/2 of a dead
// process).
func (m *machine) formerInstance(t tag, id string) error {
	_, digits, instance := strings.Cut(id, instanceMark)
	if !instance {
		return ErrSimpleOneForOne
	}
	number, err := strconv.Atoi(digits)
	if err != nil || id != instanceID(m.template.ID, number) || !m.instances.was(number) {
		return ErrNotFound
	}
	m.reply(t, reply{})
	return nil
}

// instanceMark is between a template's id and the number of an instance.
const instanceMark = "#"

// NameAt is the name under which a StartFunc fills its slot, made for the
// child id: id itself, or, in the slot of an instance of that template, the
// instance's own, such as "w#3". A child that was made without an id has that of
// the slot.
func NameAt(at *actor.Slot, id string) string {
	if template, _, ok := strings.Cut(at.ID(), instanceMark); id == "" || ok && template == id {
		return at.ID()
	}
	return id
}

// numbers keeps the numbers of instances by the path of their supervisor, so
// that none is given twice when supervisors are restarted.
type numbers struct {
	mu     sync.Mutex // protects the following
	byPath map[string]instances
}

// mostPaths bounds the memory of numbers, where supervisors of instances come
// and go under ever new ids.
const mostPaths = 10_000

// at returns how far the numbers at path have got.
func (n *numbers) at(path string) instances {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byPath[path]
}

// keep notes how far they have got.
func (n *numbers) keep(path string, i instances) {
	if i.last == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byPath == nil {
		n.byPath = make(map[string]instances)
	}
	if _, known := n.byPath[path]; !known && len(n.byPath) >= mostPaths {
		for any := range n.byPath {
			delete(n.byPath, any)
			break
		}
	}
	n.byPath[path] = i
}
