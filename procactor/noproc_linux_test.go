package procactor_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In a chroot or a container without /proc programs run, a worker of this
// program does not start and says what to do, and what the guardian lacks is
// told once.
func TestWithoutProc(t *testing.T) {
	t.Parallel()
	unshare := []string{"--mount", "sh", "-c", `mount --make-rprivate / && umount -l /proc && exec "$0"`}
	if err := exec.Command("unshare", append(unshare, "true")...).Run(); err != nil {
		t.Skip("/proc cannot be taken away here: it takes root, and unshare: ", err)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command("unshare", append(unshare, self)...)
	cmd.Env = append(os.Environ(), roleVariable+"=without-proc")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", said)
	const hint = "this program is found by /proc, which is not there: mount it (mount -t proc proc /proc)"
	assert.Equal(t, 1, strings.Count(string(said), `msg="no guardian for the workers`), "%s", said)
	assert.Equal(t, 2, strings.Count(string(said), hint), "of the guardian and of the worker: %s", said)
	assert.NotContains(t, string(said), "a program ended")
	assert.Regexp(t, `(?m)^no worker: start w: .* true$`, string(said))
	assert.Contains(t, string(said), "closed: <nil>")
}
