package procactor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// PoisonError says that a request is not delivered, or not again, because the
// workers that ran it, or others with its key, died of it or hung.
type PoisonError struct {
	Task   string       // the task's name
	Key    string       // the call's key, if the task has one
	Deaths []actor.Down // of those of earlier calls the essentials: see [Suspect]
	Hangs  []actor.Down // how the workers were ended that the key hung
	Until  time.Time    // when the key is let through again; zero without a key
}

// Error names the task, the key if there is one, and how the workers ended.
// What was so several times is told once.
func (e *PoisonError) Error() string {
	what := "a request"
	if e.Key != "" {
		what = fmt.Sprintf("the key %q", e.Key)
	}
	var did []string
	if len(e.Deaths) > 0 {
		did = append(did, fmt.Sprintf("killed %d workers: %s", len(e.Deaths), endings(e.Deaths)))
	}
	if len(e.Hangs) > 0 {
		did = append(did, fmt.Sprintf("hung %d workers: %s", len(e.Hangs), endings(e.Hangs)))
	}
	return fmt.Sprintf("%s of task %s %s", what, e.Task, strings.Join(did, ", and "))
}

// Unwrap returns the reasons of the deaths, then those of the workers that hung.
func (e *PoisonError) Unwrap() []error {
	errs := make([]error, 0, len(e.Deaths)+len(e.Hangs))
	for _, d := range slices.Concat(e.Deaths, e.Hangs) {
		errs = append(errs, d.Reason)
	}
	return errs
}

// Is finds [actor.ErrRefused].
func (e *PoisonError) Is(target error) bool { return target == actor.ErrRefused }

// endings tells how processes ended, those that did so alike as "3 × …".
func endings(downs []actor.Down) string {
	var alike [][]actor.Down
	for _, d := range downs {
		at := slices.IndexFunc(alike, func(group []actor.Down) bool { return howEnded(group[0]) == howEnded(d) })
		if at < 0 {
			alike = append(alike, []actor.Down{d})
			continue
		}
		alike[at] = append(alike[at], d)
	}
	texts := make([]string, len(alike))
	for i, group := range alike {
		if texts[i] = group[0].Reason.Error(); len(group) > 1 {
			texts[i] = fmt.Sprintf("%d × %s", len(group), howEnded(group[0]))
		}
	}
	return strings.Join(texts, "; ")
}

// howEnded is how a process ended, without its number.
func howEnded(d actor.Down) string {
	e, ok := summary(d).Reason.(*ExitError) //nolint:errorlint // a death of a process is no wrapped one
	if !ok {
		return d.Reason.Error()
	}
	text := e.Error()
	if _, how, ok := strings.Cut(text, fmt.Sprintf(" process %d", e.PID)); ok {
		return strings.TrimLeft(how, ": ")
	}
	return text
}

// KeyError refuses a call whose key is longer than [MaxKey]: what is remembered
// of keys is bounded. It is one of [actor.ErrRefused].
type KeyError struct {
	Task string // the task's name
	Len  int    // of the key, in bytes
}

// Error names the task, both lengths, and what to do.
func (e *KeyError) Error() string {
	return fmt.Sprintf("the key of task %s has %d bytes, of at most %d; have Task.WithKey return something shorter, such as a hash of it", e.Task, e.Len, MaxKey)
}

// Is finds [actor.ErrRefused].
func (e *KeyError) Is(target error) bool { return target == actor.ErrRefused }
