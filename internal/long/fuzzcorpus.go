package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What is kept of one run for one target.
const (
	keepInputs = 30
	keepBytes  = 20 << 10
)

// input is a file of a corpus, and what code it runs.
type input struct {
	name  string
	size  int64
	cover map[string]bool
}

// keepCorpus copies into the target's corpus those of the inputs that the
// fuzzer has collected which add to what the corpus covers, the smallest first,
// and returns how many.
func keepCorpus(ctx context.Context, t fuzzTarget) (int, error) {
	cache, err := output(ctx, t.dir, "go", "env", "GOCACHE")
	if err != nil {
		return 0, err
	}
	found := filepath.Join(cache, "fuzz", filepath.FromSlash(t.pkg), t.name)
	files, err := os.ReadDir(found)
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	c, err := newCoverage(ctx, t)
	if err != nil {
		return 0, err
	}
	defer c.close()
	known, err := c.of(ctx, "^"+t.name+"$", "")
	if err != nil {
		return 0, err
	}
	var all []input
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Size() > keepBytes {
			continue
		}
		cover, err := c.of(ctx, "^"+t.name+"$/^"+f.Name()+"$", filepath.Join(found, f.Name()))
		if err != nil {
			return 0, fmt.Errorf("%s of %s: %w", f.Name(), t.name, err)
		}
		all = append(all, input{name: f.Name(), size: info.Size(), cover: cover})
	}
	chosen := pick(all, known, keepInputs, keepBytes)
	if len(chosen) == 0 {
		return 0, nil
	}
	if err := os.MkdirAll(t.corpus(), 0o755); err != nil {
		return 0, err
	}
	for _, in := range chosen {
		text, err := os.ReadFile(filepath.Join(found, in.name))
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(t.corpus(), in.name), text, 0o644); err != nil {
			return 0, err
		}
	}
	return len(chosen), nil
}

// pick chooses, from the smallest on, each input that covers something which
// neither known nor those before it cover, as long as there is room.
func pick(all []input, known map[string]bool, inputs int, bytes int64) []input {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b input) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name)) })
	covered := map[string]bool{}
	for place := range known {
		covered[place] = true
	}
	var chosen []input
	for _, in := range all {
		adds := false
		for place := range in.cover {
			adds = adds || !covered[place]
		}
		if !adds || len(chosen) == inputs || in.size > bytes {
			continue
		}
		bytes -= in.size
		for place := range in.cover {
			covered[place] = true
		}
		chosen = append(chosen, in)
	}
	return chosen
}

// coverage asks a test binary what an input covers. It runs in a folder of its
// own, whose testdata is the package's but for the corpus of the target.
type coverage struct {
	t      fuzzTarget
	folder string
	binary string
}

func newCoverage(ctx context.Context, t fuzzTarget) (*coverage, error) {
	folder, err := os.MkdirTemp("", "long-fuzz-")
	if err != nil {
		return nil, err
	}
	c := &coverage{t: t, folder: folder, binary: filepath.Join(folder, "test.exe")}
	if _, err = output(ctx, t.dir, "go", "test", "-c", "-covermode=atomic", "-coverpkg=./...", "-o", c.binary, t.pkg); err == nil {
		err = c.mirror()
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// mirror links what the package has beside its code, and in its testdata: a
// target may read any of it. Only the corpora are not there.
func (c *coverage) mirror() error {
	if err := os.MkdirAll(c.corpus(), 0o755); err != nil {
		return err
	}
	for _, below := range []string{"", "testdata"} {
		entries, err := os.ReadDir(filepath.Join(c.t.dir, below))
		if err != nil && (below == "" || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
		for _, e := range entries {
			if rel := filepath.Join(below, e.Name()); rel != "testdata" && rel != filepath.Join("testdata", "fuzz") {
				if err := os.Symlink(filepath.Join(c.t.dir, rel), filepath.Join(c.folder, rel)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *coverage) corpus() string { return filepath.Join(c.folder, "testdata", "fuzz", c.t.name) }
func (c *coverage) close()         { _ = os.RemoveAll(c.folder) }

// of runs the tests that match with one more input, and returns what code they
// ran, and how often by powers of two.
func (c *coverage) of(ctx context.Context, match, extra string) (map[string]bool, error) {
	if err := os.RemoveAll(c.corpus()); err != nil {
		return nil, err
	}
	from := []string{extra}
	if extra == "" { // all that is in the package's corpus
		from, _ = filepath.Glob(filepath.Join(c.t.corpus(), "*"))
	}
	if err := os.MkdirAll(c.corpus(), 0o755); err != nil {
		return nil, err
	}
	for _, file := range from {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(c.corpus(), filepath.Base(file)), text, 0o644); err != nil {
			return nil, err
		}
	}
	profile := filepath.Join(c.folder, "profile")
	if _, err := output(ctx, c.folder, c.binary, "-test.run", match, "-test.coverprofile", profile); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	return places(string(text)), nil
}

// places reads a profile: a line is file:from,to statements count.
func places(profile string) map[string]bool {
	seen := map[string]bool{}
	for line := range strings.Lines(profile) {
		field := strings.Fields(line)
		var count uint64
		if len(field) != 3 {
			continue
		}
		if _, err := fmt.Sscan(field[2], &count); err != nil {
			continue
		}
		for often := uint64(1); often <= count && often <= 128; often *= 2 {
			seen[fmt.Sprint(field[0], " x", often)] = true
		}
	}
	return seen
}
