package supervise

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// named finds the value of that name; absent is the first, unknown none.
func named[T interface {
	~uint8
	fmt.Stringer
}](name string, values ...T) T {
	if name == "" {
		return values[0]
	}
	if i := slices.IndexFunc(values, func(v T) bool { return v.String() == name }); i >= 0 {
		return values[i]
	}
	return T(len(values))
}

func duration(t testing.TB, s string) time.Duration {
	d, err := time.ParseDuration(s)
	require.NoError(t, err)
	return d
}

// startNothing stands for the StartFunc where nothing is started.
func startNothing(context.Context, *actor.Slot) error { return ErrIgnore }

// reasonError is the reason of that name.
func reasonError(name string) error {
	switch {
	case name == "normal":
		return actor.ErrNormal
	case name == "shutdown":
		return actor.ErrShutdown
	case strings.HasPrefix(name, "shutdown:"):
		return &plannedReason{name: name, class: actor.ErrShutdown}
	}
	return &plannedReason{name: name}
}

type plannedReason struct {
	name  string
	class error
}

func (r *plannedReason) Error() string { return r.name }
func (r *plannedReason) Unwrap() error { return r.class }

// child returns the child of that id, nil if there is none.
func (m *machine) child(id string) *child { return m.children.ids[id] }
