//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(proctor): A program at an interval with on_fail: log goes on after runs that fail; proctor ps shows it, and proctor events the failures.
func TestRunsThatMayFail(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, p.write(t, "cron.yaml", `
name: cron
supervisor:
  intensity: 0
  children:
    - id: job
      every: 10ms
      on_fail: log
      command:
        - sh
        - -c
        - |
          echo >> runs
          case $(wc -l < runs) in
            *1) exit 3;;
            *2) kill -9 $$;;
          esac
          echo went well
          exec sleep 1000
    - {id: late, every: 50ms, on_fail: log, restart: temporary, command: [./late]}
`))
	r.await(t, "went well")
	var events string
	untilTrue(t, func() bool { // it is told behind the one who tells
		events = p.good(t, "events", "-n", "1000", "--no-follow")
		return strings.Contains(events, "late run_failed") && strings.Count(events, "job run_failed") == 2
	})
	assert.Regexp(t, `(?s)cron/job started.*cron/job run_failed: .*exited with status 3.*cron/job run_failed: .*signal 9`, events)
	assert.Regexp(t, `cron/late run_failed: .*\./late`, events)
	for _, path := range []string{"job", "late"} {
		assert.Equal(t, "running", p.ps(t)[path].State, path)
		assert.Zero(t, p.ps(t)[path].Restarts, path)
	}

	// What could not be started can be, at the time of its next run.
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "new"), []byte("#!/bin/sh\necho comes\nexec sleep 1000\n"), 0o700))
	require.NoError(t, os.Rename(filepath.Join(p.dir, "new"), filepath.Join(p.dir, "late")))
	r.await(t, "comes")
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
	assert.Equal(t, 2, strings.Count(r.text(), `level=WARN msg="run of a child failed" supervisor=cron child=job`), "our own stop is no failure")
	assert.Regexp(t, `level=WARN msg="run of a child failed" supervisor=cron child=job reason=.*status 3.* code=3`, r.text())
}
