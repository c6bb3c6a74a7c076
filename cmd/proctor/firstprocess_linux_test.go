package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// As the first process of a container, proctor adopts orphans without being
// told to, and reaps them: the judge ends the tree when one that has become the
// first process's child has gone, zombie and all.
func TestFirstProcessOfAContainer(t *testing.T) {
	t.Parallel()
	contained := []string{"--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"}
	if out, err := exec.Command("unshare", append(contained, "true")...).CombinedOutput(); err != nil {
		t.Skipf("this user may make no namespace of processes: %v: %s", err, out)
	}
	p := newPlace(t)
	file := p.write(t, "container.yaml", `
supervisor:
  auto_shutdown: any_significant
  children:
    - id: parent
      restart: temporary
      command: [sh, -c, 'setsid sh -c "echo \$\$ >orphan; until [ -e go ]; do sleep 0.01; done" & until [ -s orphan ]; do sleep 0.01; done'] # with its group it would be killed
    - id: judge
      restart: transient
      significant: true
      command:
        - sh
        - -c
        - |
          until [ -s orphan ]; do sleep 0.01; done
          read -r orphan <orphan
          until read -r pid name state parent rest </proc/$orphan/stat; [ "$parent" = 1 ]; do sleep 0.01; done
          >go
          while [ -e /proc/$orphan ]; do sleep 0.01; done
          echo all are gone
`)
	own := p.command("run", "--no-socket", file)
	cmd := exec.Command("unshare", append(append(contained, own.Path), own.Args[1:]...)...)
	cmd.Dir, cmd.Env = own.Dir, own.Env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	late := time.AfterFunc(hangGuard, func() { _ = cmd.Process.Signal(os.Kill) })
	defer late.Stop()
	assert.NoError(t, cmd.Run(), "%s", &out)
	assert.Contains(t, out.String(), "all are gone")
}
