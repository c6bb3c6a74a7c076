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
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files")

// shop is a tree with one of each.
func shop() policy.Node {
	program := func(path string, args ...string) policy.Node {
		return policy.Node{ID: path[strings.LastIndexByte(path, '/')+1:], Path: path, Kind: policy.Program, Command: args}
	}
	sup := func(path string, s supervise.Strategy, intensity int, period time.Duration, children ...policy.Node) policy.Node {
		return policy.Node{
			ID: path[strings.LastIndexByte(path, '/')+1:], Path: path, Kind: policy.Supervisor,
			Strategy: s, Intensity: intensity, Period: period, Children: children,
		}
	}
	cache := program("back/cache", "redis-server", "--port", "6380")
	cache.Shutdown, cache.Ready = 10*time.Second, "tcp 127.0.0.1:6380"
	worker := program("back/worker", "/usr/bin/worker", "--a-rather-long-option="+strings.Repeat("x", 60))
	worker.Restart, worker.Shutdown, worker.After = supervise.Transient, supervise.BrutalKill, []string{"cache"}
	report := policy.Node{ID: "report", Path: "report", Restart: supervise.Temporary, Significant: true}
	workers := program("workers", "resize")
	workers.Pool, workers.Ready, workers.Shutdown = true, "frame", 1
	pool := sup("back/pool", supervise.SimpleOneForOne, 0, 5*time.Second, program("back/pool/w", "sleep", "1000"))
	back := sup("back", supervise.RestForOne, 3, time.Minute, cache, worker, pool)
	top := sup("", supervise.OneForOne, 1, 5*time.Second, back, report, workers)
	top.ID, top.AutoShutdown = "shop", supervise.AnySignificant
	return top
}

// hostile is a tree of somebody who wants to break out of the drawing.
func hostile() policy.Node {
	return policy.Node{ID: `"]; evil [label="`, Kind: policy.Supervisor, Intensity: 1, Children: []policy.Node{
		{ID: `</text><script>alert(1)</script>&amp;`}, {ID: "\\N\\\"\x00\x1b[31m\n"}, {ID: "\xff\xfe]]>"}, {ID: "日本 ☃"},
	}}
}

func TestGolden(t *testing.T) {
	for name, tree := range map[string]policy.Node{"shop": shop(), "hostile": hostile(), "empty": {ID: "empty", Kind: policy.Supervisor}} {
		node := graph.Of(tree)
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
	for _, tree := range []policy.Node{shop(), hostile()} {
		svg := graph.SVG(graph.Of(tree))
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
	for _, tree := range []policy.Node{shop(), hostile()} {
		cmd := exec.Command(dot, "-Tplain")
		cmd.Stdin = strings.NewReader(string(graph.Dot(graph.Of(tree))))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}
