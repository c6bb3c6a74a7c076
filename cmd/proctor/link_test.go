//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(proctor): --policy finds a running tree by the name it was run by, even if a link in that name has since been moved to another file, and by the file itself.
func TestPolicyOfALinkThatIsLedElsewhere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	lead := func(to, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(p.dir, to), 0o700))
		p.write(t, filepath.Join(to, "tree.yaml"), text)
		require.NoError(t, os.Symlink(to, filepath.Join(p.dir, "next")))
		require.NoError(t, os.Rename(filepath.Join(p.dir, "next"), filepath.Join(p.dir, "now")))
	}
	lead("v1", pair)
	r := p.run(t, "now/tree.yaml")
	r.await(t, "back/second | up")
	p.eventuallyRuns(t)
	lead("v2", strings.Replace(pair, "id: first", "id: other", 1))
	assert.Equal(t, 4, p.do(t, "run", "now/tree.yaml").code)
	for _, name := range []string{"now/tree.yaml", "v1/../now/tree.yaml", "v1/tree.yaml"} {
		assert.Contains(t, p.good(t, "ps", "--policy", name), "first", name)
	}
	p.good(t, "reload", "--policy", "now/tree.yaml")
	assert.Contains(t, p.good(t, "ps", "--policy", "now/tree.yaml"), "other")
	assert.Equal(t, 4, p.do(t, "ps", "--policy", "v2/tree.yaml").code)
	p.good(t, "stop", "--all", "--policy", "now/tree.yaml")
	assert.Zero(t, r.end(t))
}

// Whoever names the wrong file sees which trees there are.
func TestPolicyThatNobodyRuns(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	alone := p.do(t, "ps", "--policy", "other.yaml")
	assert.Equal(t, 4, alone.code)
	assert.Regexp(t, `^proctor: other\.yaml: no tree is run there: \S+other-\w+\.sock: connect: no such file or directory\nthere is no file of that name, either\n$`, alone.stderr)
	p.write(t, "other.yaml", pair)
	assert.Regexp(t, `other-\w+\.sock: connect: no such file or directory\n$`, p.do(t, "ps", "--policy", "other.yaml").stderr)
	r := p.run(t, p.write(t, "pair.yaml", pair))
	r.await(t, "first       | up")
	assert.Regexp(t, `other\.yaml: no tree is run there: .*\nthese are run, for --socket:\n  \S+pair-\w+\.sock\n$`, p.do(t, "ps", "--policy", "other.yaml").stderr)
}
