package control

import (
	"net"
	"sync"
	"time"
)

// clients are those who are served. Each has a place, of which there are few;
// one that keeps the server waiting loses it to whoever comes.
type clients struct {
	places int

	mu      sync.Mutex // protects the following
	all     map[net.Conn]*client
	turn    uint64 // counts, so that who waits for longest is known
	follows int
}

// client is one of them.
type client struct {
	idle    uint64 // since which turn the server waits for it; 0: it does not
	follows bool
}

// followersOf is how many of the places those may have who follow something and
// may stay for ever: a quarter is kept for short requests, such as to stop.
func followersOf(places int) int { return places - places/4 }

// admit gives conn a place. When there is none, it is that of the client for
// which the server has waited longest: it is evicted, by a deadline that is
// over. False when all are being served.
func (c *clients) admit(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= c.places && !c.evict() {
		return false
	}
	c.turn++
	c.all[conn] = &client{idle: c.turn}
	return true
}

// evict has the client go for which the server has waited longest; with c.mu
// held.
func (c *clients) evict() bool {
	var oldest net.Conn
	for conn, one := range c.all {
		if one.idle > 0 && (oldest == nil || one.idle < c.all[oldest].idle) {
			oldest = conn
		}
	}
	if oldest == nil {
		return false
	}
	c.forget(oldest)
	_ = oldest.SetDeadline(time.Unix(1, 0))
	return true
}

// waits notes that the server begins to wait for the client; false when that
// was evicted.
func (c *clients) waits(conn net.Conn) bool {
	return c.note(conn, func(one *client) {
		c.turn++
		one.idle = c.turn
	})
}

// works notes that the server waits no more; false when the client was evicted.
func (c *clients) works(conn net.Conn) bool {
	return c.note(conn, func(one *client) { one.idle = 0 })
}

func (c *clients) note(conn net.Conn, what func(*client)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.all[conn]
	if one != nil {
		what(one)
	}
	return one != nil
}

// follow notes that the client is about to follow something; false when as many
// do so as may.
func (c *clients) follow(conn net.Conn) bool {
	may := false
	c.note(conn, func(one *client) {
		if may = c.follows < followersOf(c.places); may {
			one.follows = true
			c.follows++
		}
	})
	return may
}

// leave gives the place back; nothing is to be given when it was taken.
func (c *clients) leave(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(conn)
}

// forget is leave; with c.mu held.
func (c *clients) forget(conn net.Conn) {
	if one := c.all[conn]; one != nil && one.follows {
		c.follows--
	}
	delete(c.all, conn)
}
