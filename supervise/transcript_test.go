package supervise

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

var rewrite = flag.Bool("rewrite", false, "write the transcripts in testdata anew; commit only the changes that you understand")

// A transcript is what goes into one machine, a line each, and what comes out,
// indented below. Lives are numbers, in the order of the starts.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got := replay(t, string(want))
			if *rewrite {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			assert.Equal(t, string(want), got)
		})
	}
}

// replay runs the input lines of a transcript and returns the whole.
func replay(t *testing.T, text string) string {
	var b strings.Builder
	tr := transcript{t: t, now: time.Unix(0, 0)}
	for input := range strings.Lines(text) {
		if strings.HasPrefix(input, "\t") {
			continue
		}
		b.WriteString(input)
		for _, a := range tr.input(strings.Fields(input)) {
			fmt.Fprintf(&b, "\t%s\n", tr.describe(a))
		}
	}
	return b.String()
}

type transcript struct {
	t      *testing.T
	policy Policy
	specs  []ChildSpec
	m      *machine
	now    time.Time
	tags   tag
}

// input does what a line says.
func (tr *transcript) input(f []string) []action {
	if len(f) == 0 || strings.HasPrefix(f[0], "#") {
		return nil
	}
	rest := f[1:]
	switch f[0] {
	case "supervisor":
		tr.supervisor(rest)
		return nil
	case "child":
		tr.specs = append(tr.specs, kid(tr.t, strings.Join(rest, " ")))
		return nil
	case "advance":
		tr.now = tr.now.Add(duration(tr.t, rest[0]))
		return nil
	case "boot":
		tr.m = newMachine(tr.policy, tr.specs)
	}
	return tr.m.step(tr.now, tr.event(f[0], rest))
}

func (tr *transcript) supervisor(words []string) {
	for _, w := range words {
		key, value, pair := strings.Cut(w, "=")
		switch {
		case !pair:
			tr.policy.Strategy = named(w, OneForOne, OneForAll, RestForOne)
		case key == "intensity":
			n, err := strconv.Atoi(value)
			require.NoError(tr.t, err)
			if tr.policy.Intensity = n; n == 0 {
				tr.policy.Intensity = NoRestarts
			}
		case key == "period":
			tr.policy.Period = duration(tr.t, value)
		}
	}
}

func (tr *transcript) event(name string, args []string) event {
	number := func() life {
		n, err := strconv.ParseUint(args[0], 10, 64)
		require.NoError(tr.t, err)
		return life(n)
	}
	switch name {
	case "boot":
		return evBoot{}
	case "started":
		return evStarted{number()}
	case "failed":
		return evStartFailed{number(), fmt.Errorf("cannot start")}
	case "ignored":
		return evIgnored{number()}
	case "exited":
		reason := reasonError(args[1])
		if args[1] == "killed" {
			reason = actor.ErrKilled
		}
		return evExited{number(), reason, actor.IsNormal(reason)}
	case "deadline":
		return evDeadline{number()}
	case "stop":
		return evStop{actor.ErrShutdown}
	case "kill":
		return evKill{actor.ErrKilled}
	}
	tr.tags++
	return evRequest{tr.tags, tr.request(name, args)}
}

func (tr *transcript) request(name string, args []string) request {
	switch name {
	case "start_child":
		return reqStart{kid(tr.t, strings.Join(args, " "))}
	case "terminate_child":
		return reqTerminate{args[0]}
	case "restart_child":
		return reqRestart{args[0]}
	case "delete_child":
		return reqDelete{args[0]}
	case "which_children":
		return reqWhich{}
	case "count_children":
		return reqCount{}
	}
	require.Fail(tr.t, "unknown line", name)
	return nil
}

func (tr *transcript) describe(a action) string {
	limit := func(d time.Duration) string {
		if d == Infinity {
			return "infinity"
		}
		return d.String()
	}
	switch a := a.(type) {
	case acStart:
		return fmt.Sprintf("start %d %s", a.life, a.spec.ID)
	case acInterrupt:
		return fmt.Sprintf("interrupt %d within %s", a.life, limit(a.timeout))
	case acAbandon:
		return fmt.Sprintf("abandon %d", a.life)
	case acStop:
		return fmt.Sprintf("stop %d within %s", a.life, limit(a.timeout))
	case acKill:
		return fmt.Sprintf("kill %d", a.life)
	case acRelease:
		return "release " + a.id
	case acReply:
		return tr.describeReply(a)
	case acReport:
		return describeReport(a.report)
	case acUp:
		return "up"
	case acOver:
		return fmt.Sprintf("over: %v", a.reason)
	}
	return fmt.Sprintf("%#v", a)
}

func (tr *transcript) describeReply(a acReply) string {
	text := fmt.Sprintf("reply to request %d: ", a.tag)
	switch {
	case a.reply.err != nil:
		return text + a.reply.err.Error()
	case a.reply.count != (Counts{}):
		return text + fmt.Sprintf("%+v", a.reply.count)
	case a.reply.which != nil:
		for i, c := range a.reply.which {
			if i > 0 {
				text += ", "
			}
			text += c.spec.ID + " " + c.state.String()
		}
		return text
	case a.reply.life != 0:
		return text + fmt.Sprintf("life %d", a.reply.life)
	}
	return text + "ok"
}

func describeReport(r report) string {
	text := strings.TrimSuffix("report "+strings.ReplaceAll(r.kind.String(), "_", " ")+" "+r.id, " ")
	var gaveUp *IntensityError
	switch {
	case r.kind == EventRestart:
		text += fmt.Sprintf(", %d of %d within %v", r.usage.used, r.usage.allowed, r.usage.period)
		if r.delay > 0 {
			text += fmt.Sprintf(", in %v", r.delay)
		}
		return text
	case errors.As(r.err, &gaveUp):
		return text + fmt.Sprintf(", after %d", len(gaveUp.Deaths))
	case r.err != nil:
		text += fmt.Sprintf(": %v", r.err)
	}
	if r.verdict != ByType {
		text += ", " + r.verdict.String()
	}
	if r.rule != 0 {
		text += fmt.Sprintf(" by rule %d", r.rule)
	}
	if r.unasked {
		text += ", not as asked"
	}
	return text
}
