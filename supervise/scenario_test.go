package supervise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// A scenario was run on the supervisor of OTP 25.2.3, and what happened there
// is its expected trace. Both are data, in testdata/otp.
type scenario struct {
	Name       string
	Unordered  bool
	Setup      []scenarioStep
	Supervisor rawSupervisor
	Steps      []scenarioStep
}

// rawSupervisor is a specification as written: absent is not zero.
type rawSupervisor struct {
	Strategy     string
	Intensity    *int
	Period       *string
	AutoShutdown string `json:"auto_shutdown"`
	Children     []rawChild
}

type rawChild struct {
	ID          string
	Restart     string
	Shutdown    *string
	Type        string
	Significant bool
	Supervisor  *rawSupervisor
}

type scenarioStep struct {
	Exit       paths
	Reason     string
	StartChild *string `json:"start_child"`
	Spec       *rawChild
	Terminate  *string `json:"terminate_child"`
	Restart    *string `json:"restart_child"`
	Delete     *string `json:"delete_child"`
	Count      *string `json:"count_children"`
	Which      *string `json:"which_children"`
	FailStarts *string `json:"fail_starts"`
	Times      *int
	Queue      []queuedStep
	HangStop   *string `json:"hang_stop"`
	Advance    *string
	StopWith   *string `json:"stop"`
	Doc        string
}

type queuedStep struct {
	At   int
	Step scenarioStep
}

// paths is one path or a list of them.
type paths []string

func (p *paths) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(p))
	}
	*p = make([]string, 1)
	return json.Unmarshal(b, &(*p)[0])
}

// policy maps what is written to a Policy. What OTP refuses becomes a value
// that Policy refuses.
func (r rawSupervisor) policy(t testing.TB) Policy {
	var p Policy
	p.Strategy = named(r.Strategy, OneForOne, OneForAll, RestForOne)
	if r.Intensity != nil {
		switch p.Intensity = *r.Intensity; {
		case p.Intensity == 0:
			p.Intensity = NoRestarts
		case p.Intensity < 0:
			p.Intensity--
		}
	}
	if r.Period != nil {
		if p.Period = duration(t, *r.Period); p.Period == 0 {
			p.Period = -1
		}
	}
	return p
}

// child maps what is written to a ChildSpec; Start is the caller's.
func (r rawChild) child(t testing.TB, start StartFunc) ChildSpec {
	s := ChildSpec{ID: r.ID, Start: start}
	s.Restart = named(r.Restart, Permanent, Transient, Temporary)
	s.Type = named(r.Type, WorkerChild, SupervisorChild)
	if r.Type == "" && r.Supervisor != nil {
		s.Type = SupervisorChild
	}
	if r.Shutdown != nil {
		switch *r.Shutdown {
		case "brutal_kill":
			s.Shutdown = BrutalKill
		case "infinity":
			s.Shutdown = Infinity
		default:
			s.Shutdown = duration(t, *r.Shutdown)
			require.NotZero(t, s.Shutdown, "a race in OTP: no scenario has it")
		}
	}
	return s
}

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

// inScope reports whether the package has all features that r needs.
func (r rawSupervisor) inScope() bool {
	if r.Strategy == "simple_one_for_one" || r.AutoShutdown != "" && r.AutoShutdown != "never" {
		return false
	}
	for _, c := range r.Children {
		if c.Significant || c.Supervisor != nil && !c.Supervisor.inScope() {
			return false
		}
	}
	return true
}

// reasonError is the reason of an exit step.
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

// reasonName is the inverse, as traces have it.
func reasonName(err error) string {
	var planned *plannedReason
	var gaveUp *IntensityError
	switch {
	case errors.As(err, &planned):
		return planned.name
	case errors.As(err, &gaveUp):
		return "reached_max_restart_intensity"
	case errors.Is(err, actor.ErrNormal):
		return "normal"
	case errors.Is(err, actor.ErrShutdown):
		return "shutdown"
	case errors.Is(err, actor.ErrKilled):
		return "killed"
	}
	return err.Error()
}

// specErrorName is OTP's name of the mistake.
func specErrorName(err *SpecError) string {
	switch err.Field {
	case "ID":
		return "duplicate_child_name"
	case "Policy.Strategy":
		return "invalid_strategy"
	case "Policy.Intensity":
		return "invalid_intensity"
	case "Policy.Period":
		return "invalid_period"
	case "Restart":
		return "invalid_restart_type"
	case "Shutdown":
		return "invalid_shutdown"
	case "Type":
		return "invalid_child_type"
	}
	return err.Field
}

// resultName is OTP's name of the answer to a request.
func resultName(err error) string {
	var spec *SpecError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &spec):
		return "error:" + specErrorName(spec)
	case errors.Is(err, ErrAlreadyStarted):
		return "error:already_started"
	case errors.Is(err, ErrAlreadyPresent):
		return "error:already_present"
	case errors.Is(err, ErrNotFound):
		return "error:not_found"
	case errors.Is(err, ErrRunning):
		return "error:running"
	case errors.Is(err, ErrRestarting):
		return "error:restarting"
	case errors.Is(err, actor.ErrNoActor):
		return "error:noproc"
	}
	return "error:start_failed"
}

// split cuts a path before its last component.
func split(path string) (parent, id string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// join is the inverse.
func join(parent, id string) string {
	if parent == "" {
		return id
	}
	return parent + "/" + id
}

// line is one line of a trace.
type line map[string]any

// failPlan is what fail_starts planned for one child.
type failPlan struct {
	step    int // index of the step, for the replies of queued requests
	times   int
	attempt int
	reason  string
	queue   []queuedStep
}

// plans is what the steps arranged for later.
type plans struct {
	fail map[string]*failPlan
	hang map[string]bool
}

func newPlans() plans { return plans{fail: make(map[string]*failPlan), hang: make(map[string]bool)} }

// arrange takes a fail_starts or hang_stop step; false if it is another.
func (p plans) arrange(index int, s scenarioStep) bool {
	switch {
	case s.HangStop != nil:
		p.hang[*s.HangStop] = true
	case s.FailStarts != nil:
		f := &failPlan{step: index, times: 1, reason: "error", queue: s.Queue}
		if s.Times != nil {
			f.times = *s.Times
		}
		if s.Reason != "" {
			f.reason = s.Reason
		}
		p.fail[*s.FailStarts] = f
	default:
		return false
	}
	return true
}

// failing takes one planned failure of the child at path, nil if none is left.
// The requests are those that arrive while the start fails.
func (p plans) failing(path string) (f *failPlan, requests []scenarioStep) {
	f = p.fail[path]
	if f == nil || f.attempt >= f.times {
		return nil, nil
	}
	f.attempt++
	for _, q := range f.queue {
		if q.At == f.attempt {
			requests = append(requests, q.Step)
		}
	}
	return f, requests
}

// scenarioCount holds scenarios.list: no scenario goes without being missed.
const scenarioCount = 111

// otpScenarios reads the scenarios that are listed, and holds the list against
// the folder.
func otpScenarios(t *testing.T) []scenario {
	list, err := os.ReadFile("testdata/otp/scenarios.list")
	require.NoError(t, err)
	names := strings.Fields(string(list))
	files, err := filepath.Glob("testdata/otp/scenarios/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(names), "scenarios.list names every scenario")
	require.Len(t, names, scenarioCount)
	all := make([]scenario, 0, len(names))
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join("testdata/otp/scenarios", name+".json"))
		require.NoError(t, err)
		var s scenario
		require.NoError(t, json.Unmarshal(raw, &s), name)
		require.Equal(t, name, s.Name)
		require.True(t, s.Supervisor.inScope(), name)
		all = append(all, s)
	}
	return all
}

// compareTrace holds the trace against that of OTP, by the rule that lines of
// an unordered scenario are compared sorted within a step.
func compareTrace(t *testing.T, s scenario, got []line) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/otp/expected", s.Name+".jsonl"))
	require.NoError(t, err)
	var want []line
	for text := range bytes.Lines(raw) {
		var l line
		require.NoError(t, json.Unmarshal(text, &l))
		want = append(want, l)
	}
	require.Equal(t, canonical(t, s, want), canonical(t, s, got), "another trace")
}

func canonical(t *testing.T, s scenario, trace []line) string {
	var segments [][]string
	segment := []string{}
	for _, l := range trace {
		if l["event"] == "step" {
			segments = append(segments, segment)
			segment = nil
		}
		text, err := json.Marshal(l)
		require.NoError(t, err)
		segment = append(segment, string(text))
	}
	segments = append(segments, segment)
	var b strings.Builder
	for _, seg := range segments {
		if s.Unordered {
			slices.Sort(seg)
		}
		for _, text := range seg {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}
