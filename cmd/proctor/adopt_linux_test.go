package main

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Guarantee(orphans): As a subreaper, or as the first process of a container, proctor run reaps the orphans of its programs.
func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.run(t, "--subreaper", "--verbose", p.write(t, "orphans.yaml", `
supervisor:
  children:
    - id: parent
      command: [sh, -c, 'setsid sh -c "echo orphan \$\$; exec sleep 0.2" & trap "exit 0" TERM; echo up; while :; do sleep 0.01; done']
    - id: leaves
      restart: temporary
      command: [sh, -c, 'mkfifo gate; setsid sh -c "echo left \$\$; echo >gate; exec sleep 0.2" & read go <gate; exit 3']
`))
	left := pidAfter(t, r.await(t, "left"), "left")
	r.await(t, "orphans have ended")
	requireGone(t, left) // a zombie would not be
	assert.Contains(t, r.text(), "exited with status 3", "its own end was not taken away")
	r.signal(t, syscall.SIGTERM)
	assert.Equal(t, 0, r.end(t))
}
