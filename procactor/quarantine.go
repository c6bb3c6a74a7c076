package procactor

import (
	"slices"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

const (
	fatalDeaths = 3    // workers that one request may kill
	maxKeys     = 1024 // keys whose deaths are remembered
)

// quarantine counts the workers that requests have killed. A request without a
// key is its own; with a key, deaths are counted over several calls.
type quarantine struct {
	mu    sync.Mutex // protects the following
	keys  map[poisonKey][]actor.Down
	order []poisonKey // oldest first
}

type poisonKey struct{ task, key string }

// refuse returns the error of a key that is in quarantine, else nil.
func (q *quarantine) refuse(task, key string) error {
	if key == "" {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	deaths := q.keys[poisonKey{task, key}]
	if len(deaths) < fatalDeaths {
		return nil
	}
	return &PoisonError{Task: task, Key: key, Deaths: slices.Clone(deaths)}
}

// died notes the latest of a request's deaths, and returns the error when it
// was one too many.
func (q *quarantine) died(task, key string, deaths []actor.Down) error {
	if key == "" {
		if len(deaths) < fatalDeaths {
			return nil
		}
		return &PoisonError{Task: task, Deaths: slices.Clone(deaths)}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	k := poisonKey{task, key}
	if q.keys == nil {
		q.keys = make(map[poisonKey][]actor.Down)
	}
	if _, known := q.keys[k]; !known {
		if len(q.order) == maxKeys {
			delete(q.keys, q.order[0])
			q.order = q.order[1:]
		}
		q.order = append(q.order, k)
	}
	if len(q.keys[k]) < fatalDeaths {
		q.keys[k] = append(q.keys[k], deaths[len(deaths)-1])
	}
	switch {
	case len(q.keys[k]) >= fatalDeaths:
		deaths = q.keys[k]
	case len(deaths) < fatalDeaths: // else the key was forgotten meanwhile
		return nil
	}
	return &PoisonError{Task: task, Key: key, Deaths: slices.Clone(deaths)}
}
