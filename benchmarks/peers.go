package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// peers are the programs that are measured beside this one.
type peers struct {
	dir       string
	hollywood string
	minimal   string
}

// buildPeers builds them in a folder of their own, which remove takes away.
// The go command finds the module by the working directory, as it did when
// this program was run by it.
func buildPeers(ctx context.Context) (peers, error) {
	dir, err := os.MkdirTemp("", "proctor-benchmarks-")
	if err != nil {
		return peers{}, err
	}
	p := peers{dir: dir, hollywood: filepath.Join(dir, "hollywood"), minimal: filepath.Join(dir, "minimal")}
	if runtime.GOOS == "windows" {
		p.hollywood, p.minimal = p.hollywood+".exe", p.minimal+".exe"
	}
	for program, source := range map[string]string{p.hollywood: "./hollywood", p.minimal: "./minimal"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", program, source)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			p.remove()
			return peers{}, fmt.Errorf("build %s (run this inside of the folder benchmarks): %w", source, err)
		}
	}
	return p, nil
}

func (p peers) remove() { _ = os.RemoveAll(p.dir) }
