//go:build unix

package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
)

// rewrite has TestPictureOfTheReadme write the picture.
var rewrite = flag.Bool("rewrite", false, "write docs/site.svg")

// site is the file that the README shows.
func site(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "examples", "site", "site.yaml"))
	require.NoError(t, err)
	return path
}

// The picture of the README is what proctor graph draws of the file beside it.
func TestPictureOfTheReadme(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	drawn := p.good(t, "graph", site(t))
	picture := filepath.Join("..", "..", "docs", "site.svg")
	if *rewrite {
		require.NoError(t, os.WriteFile(picture, []byte(drawn), 0o600))
	}
	want, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Equal(t, string(want), drawn, "run: go test ./cmd/proctor -run TestPictureOfTheReadme -rewrite")
}

// What the README says to type is understood.
func TestCommandsOfTheReadme(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.dir = filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(p.dir, "README.md"))
	require.NoError(t, err)
	typed := regexp.MustCompile(`(?m)^proctor ([^#>\n]+)`).FindAllStringSubmatch(string(readme), -1)
	require.Len(t, typed, 3)
	for _, m := range typed {
		args := strings.Fields(m[1])
		if args[0] == "run" {
			args = append(args, "--help") // TestTreeOfTheReadme runs it
		}
		p.good(t, args...)
	}
}

// The tree of the README is a good file, and does what its comments say.
func TestTreeOfTheReadme(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.good(t, "check", site(t))
	r := p.run(t, site(t))
	r.await(t, "ready")
	p.eventually(t, func(now map[string]control.Node) bool { return now["backend/mailer"].PID != 0 })
	before := p.ps(t)
	kill := func(id string) map[string]control.Node {
		old := p.ps(t)[id].PID
		require.NoError(t, syscall.Kill(old, syscall.SIGKILL))
		p.eventually(t, func(now map[string]control.Node) bool {
			return now[id].PID != 0 && now[id].PID != old && now["backend/mailer"].PID != 0
		})
		return p.ps(t)
	}
	after := kill("backend/api")
	assert.Equal(t, before["database"].PID, after["database"].PID)
	assert.Equal(t, before["backend/mailer"].PID, after["backend/mailer"].PID, "it is restarted alone")

	last := kill("database")
	p.eventually(t, func(now map[string]control.Node) bool {
		return now["backend/api"].PID != 0 && now["backend/api"].PID != after["backend/api"].PID
	})
	assert.NotEqual(t, after["backend/mailer"].PID, last["backend/mailer"].PID, "those behind it are, too")
	r.signal(t, syscall.SIGTERM)
	assert.Zero(t, r.end(t), r.text())
	requireGone(t, last["database"].PID)
}
