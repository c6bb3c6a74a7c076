//go:build unix

package guardian

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// Variable makes a start of this program the guardian of its parent. Its
// value is the version of what is said on the pipe, a comma, and the pipe's
// descriptor.
const Variable = "PROCTOR_GUARDIAN"

// guardWire is that version. Where a program's file can be replaced while it
// runs, the guardian may be of another build than its parent.
const guardWire = "1"

// parseGuard reads the variable's value.
func parseGuard(text string) (fd uintptr, err error) {
	version, number, _ := strings.Cut(text, ",")
	if version != guardWire {
		return 0, fmt.Errorf("the guardian's wire is %q, not %q", version, guardWire)
	}
	n, err := strconv.ParseUint(number, 10, 31)
	return uintptr(n), err
}

// group is a child's process group as the guardian knows it.
type group struct {
	start uint64        // when its leader was started; zero where the system does not say
	grace time.Duration // how long it may take to end by itself when the parent is gone
}

// guardOrder is one message to the guardian: guard a group, or forget it.
type guardOrder struct {
	kind guardKind
	pid  int // of the group and its leader
	group
}

type guardKind uint8

const (
	guardGroup guardKind = 1 // kill it when the parent is gone
	guardOver  guardKind = 2 // it has ended; the number may be another's from now on
)

// guardOrderSize is the size of every message. It is far below PIPE_BUF, so
// that each is written whole or not at all, also by a parent that is killed.
const guardOrderSize = 24

// longestGrace is the most that the guardian takes for a grace.
const longestGrace = time.Hour

// errGuardOrder says that a message to the guardian is none.
var errGuardOrder = errors.New("not an order to a guardian")

// append writes the message: kind, three zero bytes, the number, the leader's
// start and the grace in nanoseconds, little-endian.
func (o guardOrder) append(b []byte) []byte {
	b = append(b, byte(o.kind), 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(o.pid))
	b = binary.LittleEndian.AppendUint64(b, o.start)
	return binary.LittleEndian.AppendUint64(b, uint64(o.grace))
}

// parseGuardOrder reads one message. It is strict, for the number is going to
// be killed: 0 would be the guardian's own group and 1 everybody.
func parseGuardOrder(b []byte) (guardOrder, error) {
	if len(b) != guardOrderSize || b[1]|b[2]|b[3] != 0 {
		return guardOrder{}, errGuardOrder
	}
	pid := binary.LittleEndian.Uint32(b[4:])
	start := binary.LittleEndian.Uint64(b[8:])
	grace := binary.LittleEndian.Uint64(b[16:])
	o := guardOrder{kind: guardKind(b[0]), pid: int(pid), group: group{start: start, grace: time.Duration(grace)}}
	switch {
	case pid < 2 || pid > math.MaxInt32 || grace > uint64(longestGrace):
		return guardOrder{}, errGuardOrder
	case o.kind == guardGroup, o.kind == guardOver && start == 0 && grace == 0:
		return o, nil
	}
	return guardOrder{}, errGuardOrder
}

// readGuardOrders keeps the table of groups until the pipe ends, and returns
// what is left in it. A message that was cut off was never sent.
func readGuardOrders(r io.Reader) (map[int]group, error) {
	groups := make(map[int]group)
	b := make([]byte, guardOrderSize)
	for {
		switch _, err := io.ReadFull(r, b); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return groups, nil
		case err != nil:
			return nil, err
		}
		o, err := parseGuardOrder(b)
		if err != nil {
			return nil, err
		}
		if o.kind == guardOver {
			delete(groups, o.pid)
		} else {
			groups[o.pid] = o.group
		}
	}
}

// finalOrders returns which groups are to be killed now, the parent being gone
// for so long, and forgets those that are done with.
//
// A group whose leader has ended is killed like one whose time is over: that is
// what the parent did at a worker's end. One whose number is another process's
// is left alone, and nothing of it is left: the kernel gives a number to a new
// process only when no process and no group has it. So a stranger can only be
// hit if it led a group of the number, ended, and left others in its group, all
// after the parent's end and between two looks.
func finalOrders(groups map[int]group, gone time.Duration, look func(pid int, start uint64) osproc.LeaderState) (kill map[int]group) {
	kill = make(map[int]group)
	for pid, g := range groups {
		switch state := look(pid, g.start); {
		case state == osproc.LeaderRuns && gone < g.grace:
		case state == osproc.LeaderReplaced:
			delete(groups, pid)
		default:
			kill[pid] = g
			delete(groups, pid)
		}
	}
	return kill
}

// mayReplace notes a guardian's death, and decides whether another is tried:
// not after more than five deaths in a minute.
func mayReplace(deaths []time.Time, now time.Time) ([]time.Time, bool) {
	const most, period = 5, time.Minute
	deaths = slices.DeleteFunc(append(deaths, now), func(t time.Time) bool { return now.Sub(t) > period })
	return deaths, len(deaths) <= most
}
