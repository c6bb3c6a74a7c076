package policy

import (
	"regexp"
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// The raw form of a file: what was read, with the place of each value.

type rawFile struct {
	version    got[int]
	name       got[string]
	supervisor got[*rawSupervisor]
	schema     got[string]
}

type rawSupervisor struct {
	strategy     got[supervise.Strategy]
	intensity    got[int]
	period       got[time.Duration]
	autoShutdown got[supervise.AutoShutdown]
	children     got[[]*rawChild]
	backoff      got[*rawBackoff]
	onExit       got[[]*rawRule]
	oom          got[*rawBudget]
	circuit      got[bool]
	boot         got[supervise.Boot]
}

type rawChild struct {
	at          pos
	key         string // its path as a key
	id          got[string]
	restart     got[supervise.Restart]
	shutdown    got[time.Duration] // as in Go values, 0 is 1 ns
	label       got[supervise.ChildType]
	significant got[bool]
	supervisor  got[*rawSupervisor]
	command     got[[]text]
	env         got[[]rawVariable]
	dir         got[text]
	after       got[[]got[string]]
	ready       got[*rawReady]
	pool        got[*rawPool]
	every       got[time.Duration]
	onFail      got[OnFail]
	backoff     got[*rawBackoff]
	onExit      got[[]*rawRule]
	maxRestarts got[*rawBudget]
}

type rawVariable struct {
	name  string
	value text
}

type rawBackoff struct {
	initial, max, reset got[time.Duration]
	factor              got[float64]
	jitter              got[bool]
}

type rawBudget struct {
	intensity got[int]
	period    got[time.Duration]
}

type rawRule struct {
	when got[*rawMatch]
	do   got[supervise.Verdict]
}

type rawMatch struct {
	codes       got[[]int]
	signals     got[[]string]
	oom         got[bool]
	panicText   got[string]
	startFailed got[bool]
	class       got[string]
}

type rawPool struct {
	size got[int]
}

type rawReady struct {
	frame    got[bool]
	stdout   got[*regexp.Regexp]
	stderr   got[*regexp.Regexp]
	tcp      got[text]
	http     got[text]
	command  got[[]text]
	timeout  got[time.Duration]
	interval got[time.Duration]
}
