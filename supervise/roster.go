package supervise

import "iter"

// roster is the list of a machine's children in the order of their specs,
// which is the only order there is: that of starting, and its reverse that of
// stopping. All but the walks take the same time however many there are.
type roster struct {
	first, last *child
	settled     *child // in a boot by BootRestart: it and all before it are; nil is not known
	ids         map[string]*child
	lives       map[life]*child
}

func newRoster() roster {
	return roster{ids: make(map[string]*child), lives: make(map[life]*child)}
}

// add appends c.
func (r *roster) add(c *child) {
	r.ids[c.spec.ID] = c
	r.link(c)
}

func (r *roster) link(c *child) {
	c.prev, c.next = r.last, nil
	if r.last != nil {
		r.last.next = c
	} else {
		r.first = c
	}
	r.last = c
}

// remove takes c out.
func (r *roster) remove(c *child) {
	if r.ids[c.spec.ID] != c {
		return
	}
	delete(r.ids, c.spec.ID)
	r.settled = nil
	r.lived(c, 0)
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		r.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		r.last = c.prev
	}
	c.prev, c.next = nil, nil
}

// reorder makes the order that of the list, which holds all children.
func (r *roster) reorder(list []*child) {
	r.first, r.last, r.settled = nil, nil, nil
	for _, c := range list {
		r.link(c)
	}
}

// lived gives c another life, 0 for none.
func (r *roster) lived(c *child, l life) {
	delete(r.lives, c.life)
	c.life = l
	if l != 0 {
		r.lives[l] = c
	}
}

// from walks from c to the last one. The current one may be removed meanwhile.
func (r *roster) from(c *child) iter.Seq[*child] {
	return func(yield func(*child) bool) {
		for c != nil {
			next := c.next
			if !yield(c) {
				return
			}
			c = next
		}
	}
}

// all walks from the first to the last. The current one may be removed
// meanwhile.
func (r *roster) all() iter.Seq[*child] { return r.from(r.first) }

// backward walks from the last to the first.
func (r *roster) backward() iter.Seq[*child] {
	return func(yield func(*child) bool) {
		for c := r.last; c != nil; c = c.prev {
			if !yield(c) {
				return
			}
		}
	}
}

// len returns how many there are.
func (r *roster) len() int { return len(r.ids) }
