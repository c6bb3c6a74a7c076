package graph_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/graph"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files")

// shop is a tree with one of each.
func shop() supervise.Spec {
	plain := func(id string) supervise.ChildSpec { return supervise.ChildSpec{ID: id, Start: nil} }
	cache, worker, once := plain("cache"), plain("worker"), plain("report")
	cache.Shutdown = 10 * time.Second
	worker.Restart, worker.Shutdown = supervise.Transient, supervise.BrutalKill
	once.Restart, once.Significant = supervise.Temporary, true
	pool := supervise.Child(supervise.Spec{
		Name: "pool", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne, Intensity: supervise.NoRestarts},
		Children: []supervise.ChildSpec{plain("w")},
	})
	back := supervise.Child(supervise.Spec{
		Name: "back", Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{cache, worker, pool},
	})
	return supervise.Spec{Name: "shop", Policy: supervise.Policy{AutoShutdown: supervise.AnySignificant}, Children: []supervise.ChildSpec{back, once}}
}

func commandOf(path string) []string {
	return map[string][]string{
		"back/cache":  {"redis-server", "--port", "6380"},
		"back/worker": {"/usr/bin/worker", "--a-rather-long-option=" + strings.Repeat("x", 60)},
		"back/pool/w": {"sleep", "1000"},
	}[path]
}

// hostile is a tree of somebody who wants to break out of the drawing.
func hostile() supervise.Spec {
	return supervise.Spec{Name: `"]; evil [label="`, Children: []supervise.ChildSpec{
		{ID: `</text><script>alert(1)</script>&amp;`}, {ID: "\\N\\\"\x00\x1b[31m\n"}, {ID: "\xff\xfe]]>"}, {ID: "日本 ☃"},
	}}
}

func TestGolden(t *testing.T) {
	for name, spec := range map[string]supervise.Spec{"shop": shop(), "hostile": hostile(), "empty": {Name: "empty"}} {
		node := graph.Of(spec, commandOf)
		for ending, got := range map[string][]byte{".dot": graph.Dot(node), ".svg": graph.SVG(node)} {
			t.Run(name+ending, func(t *testing.T) {
				file := filepath.Join("testdata", name+ending)
				if *rewrite {
					require.NoError(t, os.WriteFile(file, got, 0o600))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				assert.Equal(t, string(want), string(got))
			})
		}
	}
}

func TestSVGIsXML(t *testing.T) {
	for _, spec := range []supervise.Spec{shop(), hostile()} {
		svg := graph.SVG(graph.Of(spec, commandOf))
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		elements := map[string]int{}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			if e, ok := token.(xml.StartElement); ok {
				elements[e.Name.Local]++
			}
		}
		assert.Zero(t, elements["script"])
		assert.Positive(t, elements["text"])
	}
}

// Where Graphviz is there, it is asked.
func TestDotIsRead(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("Graphviz is not there")
	}
	for _, spec := range []supervise.Spec{shop(), hostile()} {
		cmd := exec.Command(dot, "-Tplain")
		cmd.Stdin = strings.NewReader(string(graph.Dot(graph.Of(spec, commandOf))))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}
