package scenario

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// Starter makes the StartFunc of a child. That of a supervisor is given, which
// starts it; that of a worker starts nothing. A nil Starter leaves them so.
type Starter func(c Child, given supervise.StartFunc) supervise.StartFunc

// Spec maps the tree to what supervise has. A value that OTP refuses becomes
// one that supervise refuses, when the supervisor starts that has it.
func (s Supervisor) Spec(name string, start Starter) supervise.Spec {
	spec := supervise.Spec{Name: name}
	spec.Policy.Strategy = named(s.Strategy, supervise.OneForOne, supervise.OneForAll, supervise.RestForOne, supervise.SimpleOneForOne)
	spec.Policy.AutoShutdown = named(s.AutoShutdown, supervise.Never, supervise.AnySignificant, supervise.AllSignificant)
	spec.Policy.Boot = named(s.Boot, supervise.BootStop, supervise.BootRestart)
	if s.Intensity != nil {
		switch spec.Policy.Intensity = *s.Intensity; {
		case *s.Intensity == 0:
			spec.Policy.Intensity = supervise.NoRestarts
		case *s.Intensity < 0:
			spec.Policy.Intensity = supervise.NoRestarts - 1
		}
	}
	if s.Period != nil {
		if spec.Policy.Period = *s.Period; *s.Period <= 0 {
			spec.Policy.Period = -1
		}
	}
	for _, c := range s.Children {
		spec.Children = append(spec.Children, c.Spec(start))
	}
	return spec
}

// Spec maps a child likewise.
func (c Child) Spec(start Starter) supervise.ChildSpec {
	spec := supervise.ChildSpec{ID: c.ID, Start: startNothing}
	if c.Supervisor != nil {
		spec = supervise.Child(c.Supervisor.Spec(c.ID, start))
	}
	if start != nil {
		spec.Start = start(c, spec.Start)
	}
	spec.Restart = named(c.Restart, supervise.Permanent, supervise.Transient, supervise.Temporary)
	if c.Type != nil {
		spec.Type = named(c.Type, supervise.WorkerChild, supervise.SupervisorChild)
	}
	spec.Significant = c.Significant != nil && *c.Significant
	if c.Shutdown != nil {
		spec.Shutdown = c.Shutdown.value()
	}
	return spec
}

// startNothing stands for the StartFunc of a worker that is never started.
func startNothing(context.Context, *actor.Slot) error { return supervise.ErrIgnore }

// named finds the value of that name; absent is the first, unknown one that
// there is not.
func named[T interface {
	~uint8
	fmt.Stringer
}](name *string, values ...T) T {
	if name == nil {
		return values[0]
	}
	if i := slices.IndexFunc(values, func(v T) bool { return v.String() == *name }); i >= 0 {
		return values[i]
	}
	return T(math.MaxUint8)
}

// value maps a shutdown. None at all is taken for the shortest there is: zero
// would be the default.
func (s Shutdown) value() time.Duration {
	switch {
	case s.Word == brutalKill:
		return supervise.BrutalKill
	case s.Word == infinity:
		return supervise.Infinity
	case s.Time == 0:
		return time.Nanosecond
	}
	return s.Time
}
