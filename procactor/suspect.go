package procactor

import (
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// Suspect is a key of which a host remembers that its calls killed or hung
// workers, see [Quarantine].
type Suspect struct {
	Task    string // the task's name
	Key     string
	Deaths  int        // that count
	Hangs   int        // that count
	Refused bool       // it is in quarantine: its calls are refused with the [PoisonError]
	Until   time.Time  // when it is forgotten, if nothing happens until then
	Last    actor.Down // how the last of its workers ended; of the [ExitError] the essentials
}

// Quarantine returns the keys whose calls have killed or hung the pool's workers,
// those that are refused for it and those that are not yet, by task and key.
func (p *Pool) Quarantine() []Suspect { return quarantineOf(p) }

// Pardon forgets what is remembered of a task's key, and lets its calls through
// again; false when nothing is. One that runs may still be the first of the next
// row.
func (p *Pool) Pardon(task, key string) bool { return pardonOf(p, task, key) }

// Quarantine is that of a pool, see [Pool.Quarantine], for one worker after the
// other.
func (p *Process) Quarantine() []Suspect { return quarantineOf(p) }

// Pardon is that of a pool, see [Pool.Pardon].
func (p *Process) Pardon(task, key string) bool { return pardonOf(p, task, key) }

// Quarantine is that of what is at the path, see [Pool.Quarantine]; nil when
// nothing is.
func (h *PathHost) Quarantine() []Suspect { return quarantineOf(h) }

// Pardon is that of what is at the path, see [Pool.Pardon].
func (h *PathHost) Pardon(task, key string) bool { return pardonOf(h, task, key) }

func quarantineOf(h ownHost) []Suspect {
	c, err := h.find()
	if err != nil {
		return nil
	}
	return c.poison.suspects(time.Now())
}

func pardonOf(h ownHost, task, key string) bool {
	c, err := h.find()
	return err == nil && c.poison.pardon(time.Now(), task, key)
}

// The essentials of a death, as long as they may be.
const (
	mostOfPanic = 256
	mostOfStack = 1 << 10
)

// summary returns what is kept of a death: how the process ended, why we ended
// it, the last line of stderr, and the beginnings of a panic and its stack.
func summary(d actor.Down) actor.Down {
	e, ok := d.Reason.(*ExitError) //nolint:errorlint // what is wrapped cannot be made smaller
	if !ok {
		return d
	}
	short := *e
	short.calls = nil // there may be many, each with a key
	short.Stderr = []byte(stdio.LastLine(e.Stderr))
	if e.Panic != nil {
		short.Panic = &actor.PanicError{Value: e.Panic.Value, Stack: append([]byte(nil), e.Panic.Stack[:min(len(e.Panic.Stack), mostOfStack)]...)}
		if text, ok := e.Panic.Value.(string); ok {
			short.Panic.Value = strings.ToValidUTF8(strings.Clone(text[:min(len(text), mostOfPanic)]), "\uFFFD")
		}
	}
	return actor.Down{PID: d.PID, Reason: &short}
}
