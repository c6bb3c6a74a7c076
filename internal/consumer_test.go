package internal_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files of this package")

const (
	golden = "testdata/consumer.golden"
	// tolerance of the binary's size, in per cent. A release of Go moves it by
	// one or two; linking something heavy by far more.
	tolerance = 6
	howTo     = "\nIf the change is meant: go test ./internal -run TestConsumer -update, and say in CHANGELOG.md what it costs."
)

// Guarantee(guest): What a program pays for the library, in modules and in bytes of its binary, changes only on purpose.
func TestConsumer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	t.Parallel()
	got := buildConsumer(t)
	if *update {
		require.NoError(t, os.WriteFile(golden, got.format(), 0o644))
	}
	want := readConsumer(t, golden)

	assert.Equal(t, want.requires, got.requires, "the consumer's go.mod."+howTo)
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the size was measured for linux/amd64")
	}
	off := 100 * (float64(got.size)/float64(want.size) - 1)
	assert.InDelta(t, 0, off, tolerance, "the binary has %d bytes, %+.1f %% of the committed %d."+howTo, got.size, off, want.size)
}

// consumer is what a program that uses the library pays.
type consumer struct {
	requires []string // the require lines of its go.mod, without the library's own
	size     int64    // of its stripped binary
}

// buildConsumer makes a module of its own out of testdata/consumer, as a user
// would, with the library taken from this repository.
func buildConsumer(t *testing.T) consumer {
	t.Helper()
	dir := t.TempDir()
	source, err := os.ReadFile("testdata/consumer/main.go")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), source, 0o644))
	mod := fmt.Sprintf("module example.com/consumer\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", module, strconv.Quote(root(t)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644))

	tidy(t, dir)
	binary := filepath.Join(dir, "consumer.bin")
	goCommand(t, dir, []string{"CGO_ENABLED=0", "GOFLAGS=-mod=readonly"},
		"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, ".")
	info, err := os.Stat(binary)
	require.NoError(t, err)
	return consumer{requires: requiresOf(t, dir), size: info.Size()}
}

// tidy needs nothing that the build of this repository did not need, so it
// tries without the network first.
func tidy(t *testing.T, dir string) {
	t.Helper()
	_, offline := tryGo(t, dir, []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}, "mod", "tidy")
	if offline == nil {
		return
	}
	_, online := tryGo(t, dir, []string{"GOFLAGS=-mod=mod"}, "mod", "tidy")
	require.NoError(t, online, "and without the network: %v", offline)
}

func requiresOf(t *testing.T, dir string) []string {
	t.Helper()
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
	}
	require.NoError(t, json.Unmarshal(goCommand(t, dir, nil, "mod", "edit", "-json"), &mod))
	var lines []string
	for _, r := range mod.Require {
		if r.Path == module {
			continue
		}
		line := r.Path + " " + r.Version
		if r.Indirect {
			line += " // indirect"
		}
		lines = append(lines, line)
	}
	return lines
}

// format writes the golden file.
func (c consumer) format() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What a program pays that calls a task in a pool of workers (testdata/consumer).\n")
	fmt.Fprintf(&b, "# Written by: go test ./internal -run TestConsumer -update\n")
	for _, r := range c.requires {
		fmt.Fprintf(&b, "require %s\n", r)
	}
	fmt.Fprintf(&b, "# bytes of the binary, stripped, linux/amd64, %s; %d %% off is let pass\n", runtime.Version(), tolerance)
	fmt.Fprintf(&b, "size %d\n", c.size)
	return b.Bytes()
}

func readConsumer(t *testing.T, name string) consumer {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err, "no golden file yet."+howTo)
	var c consumer
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), " ")
		switch key {
		case "#":
		case "require":
			c.requires = append(c.requires, value)
		case "size":
			c.size, err = strconv.ParseInt(value, 10, 64)
			require.NoError(t, err)
		default:
			require.Fail(t, "unknown line", lines.Text())
		}
	}
	require.Positive(t, c.size)
	return c
}

func TestGoldenIsReadAsWritten(t *testing.T) {
	t.Parallel()
	want := consumer{requires: []string{"example.com/a v1.0.0", "example.com/b v0.1.0 // indirect"}, size: 3_000_000}
	name := filepath.Join(t.TempDir(), "golden")
	require.NoError(t, os.WriteFile(name, want.format(), 0o644))
	assert.Equal(t, want, readConsumer(t, name))
}
