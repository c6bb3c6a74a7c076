package supervise

import "fmt"

// parseName finds the value that has that name, of all from 0 on that have
// one.
func parseName[T interface {
	~uint8
	fmt.Stringer
}](what string, text []byte, last T,
) (T, error) {
	for v := T(0); v <= last; v++ {
		if v.String() == string(text) {
			return v, nil
		}
	}
	return 0, fmt.Errorf("supervise: no %s is called %.40q", what, text)
}

// MarshalText returns [Strategy.String]; it never fails.
func (s Strategy) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (s *Strategy) UnmarshalText(text []byte) (err error) {
	*s, err = parseName("strategy", text, SimpleOneForOne)
	return err
}

// MarshalText returns [Restart.String]; it never fails.
func (r Restart) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (r *Restart) UnmarshalText(text []byte) (err error) {
	*r, err = parseName("restart type", text, Temporary)
	return err
}

// MarshalText returns [AutoShutdown.String]; it never fails.
func (a AutoShutdown) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (a *AutoShutdown) UnmarshalText(text []byte) (err error) {
	*a, err = parseName("auto shutdown", text, AllSignificant)
	return err
}

// MarshalText returns [Boot.String]; it never fails.
func (b Boot) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (b *Boot) UnmarshalText(text []byte) (err error) {
	*b, err = parseName("boot", text, BootRestart)
	return err
}

// MarshalText returns [ChildType.String]; it never fails.
func (t ChildType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (t *ChildType) UnmarshalText(text []byte) (err error) {
	*t, err = parseName("type of child", text, SupervisorChild)
	return err
}

// MarshalText returns [ChildState.String]; it never fails.
func (s ChildState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (s *ChildState) UnmarshalText(text []byte) (err error) {
	*s, err = parseName("state of a child", text, Restarting)
	return err
}

// MarshalText returns [Verdict.String]; it never fails.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (v *Verdict) UnmarshalText(text []byte) (err error) {
	*v, err = parseName("verdict", text, DoIgnore)
	return err
}

// MarshalText returns [EventKind.String]; it never fails.
func (k EventKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText takes what MarshalText returns.
func (k *EventKind) UnmarshalText(text []byte) (err error) {
	*k, err = parseName("kind of event", text, EventLost)
	return err
}
