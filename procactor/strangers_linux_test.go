package procactor_test

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// adoptVariable has TestReapStrangersInside run: it changes what becomes of the
// orphans of its whole process.
const adoptVariable = "PROCTOR_TEST_ADOPT"

// Guarantee(guest): A program that adopts orphans can have them reaped without losing the exit status of its own children.
func TestReapStrangers(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestReapStrangersInside$", "-test.v")
	cmd.Env = append(os.Environ(), adoptVariable+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: TestReapStrangersInside")
}

func TestReapStrangersInside(t *testing.T) {
	if os.Getenv(adoptVariable) == "" {
		t.Skip("it is run by TestReapStrangers")
	}
	require.NoError(t, unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
	sys := newSystem(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	reaped := map[int]bool{}
	over := make(chan struct{})
	go func() { // far more often than anybody would
		defer close(over)
		for ctx.Err() == nil {
			pids, _ := procactor.ReapStrangers(sys)
			mu.Lock()
			for _, pid := range pids {
				reaped[pid] = true
			}
			mu.Unlock()
		}
	}()
	const rounds = 40
	for i := range rounds {
		lines := make(chan string, 1)
		d := shell("sleep 1000 & echo $!; exit " + strconv.Itoa(i+1))
		d.Stdout = lineTo(lines)
		reason := wait(t, "its end", brief(t, sys, d)).Reason
		require.Equal(t, i+1, exitOf(t, reason).Code, "its status went to somebody else: %v", reason)
		orphan, err := strconv.Atoi(strings.TrimSpace(wait(t, "the orphan", (<-chan string)(lines))))
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return reaped[orphan]
		}, hangGuard, time.Millisecond)
	}
	cancel()
	<-over
	assert.Len(t, reaped, rounds, "it is told of strangers only")
}
