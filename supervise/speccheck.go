package supervise

// fieldSignificant is the field that OTP's bad_combination is about.
const fieldSignificant = "Significant"

// beyond returns the first mistake in what OTP does not have.
func (p Policy) beyond() (field, problem, hint string) {
	if p.Boot > BootRestart {
		return "Boot", "is " + p.Boot.String(), "use BootStop or BootRestart"
	}
	return beyond(p.Backoff, p.Decider, "OOM", p.OOM)
}

// beyond is the same for a child.
func (c ChildSpec) beyond() (field, problem, hint string) {
	return beyond(c.Backoff, c.Decider, "MaxRestarts", c.MaxRestarts)
}

func beyond(b Backoff, d Decider, ofBudget string, budget Budget) (field, problem, hint string) {
	if field, problem, hint = b.check(); problem != "" {
		return field, problem, hint
	}
	if field, problem, hint = d.check(); problem != "" {
		return field, problem, hint
	}
	if problem, hint = budget.check(); problem != "" {
		return ofBudget, problem, hint
	}
	return "", "", ""
}

// check returns the first mistake.
func (b Budget) check() (problem, hint string) {
	switch {
	case b.Intensity < NoRestarts:
		return "has a negative Intensity", "use NoRestarts for none, or a positive number"
	case b.Period < 0:
		return "has a negative Period", "use 0 for that of the Policy, or a positive duration"
	case b.Intensity == 0 && b.Period != 0:
		return "has a Period and no Intensity", "set Intensity, to NoRestarts for none"
	}
	return "", ""
}
