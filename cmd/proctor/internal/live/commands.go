package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/internal/plainfile"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

// Load reads a policy file all of whose children are programs, which write on
// the board.
func Load(path string, board *output.Board) (Program, error) {
	file, err := policy.Load(path, policy.Options{})
	if err != nil {
		return Program{}, err
	}
	p := Program{File: file, Sources: make(map[string]*output.Source)}
	var paths []string
	child := commands.Maker(commands.Options{Output: func(c policy.Command) (stdout, stderr io.Writer) {
		return board.Source(c.Path).Process()
	}, RunEnded: func(c policy.Command) { board.Source(c.Path).Flush() }})
	p.Fill.Command = func(c policy.Command) (supervise.ChildSpec, error) {
		source := board.Source(c.Path)
		spec, err := child(c)
		if err != nil {
			return spec, err
		}
		spec.Start = func(ctx context.Context, at *actor.Slot) error {
			if !strings.Contains(at.Path(), "#") { // of an instance others go on
				source.Flush() // what the last life has not ended comes before this one's
			}
			own, err := child(c) // with writers of its own
			if err != nil {
				return err
			}
			return own.Start(ctx, at)
		}
		return spec, nil
	}
	if p.Spec, err = file.Spec(p.Fill); err != nil {
		return Program{}, err
	}
	for _, path := range programsOf(file.Tree()) {
		p.Sources[path] = board.Source(path)
		paths = append(paths, path)
	}
	board.Names(paths)
	return p, nil
}

// LoadAgain is Load for a reload. What can be read only once, such as a pipe that
// the first one was read from, has nothing more to say, or nobody who ends it.
func LoadAgain(path string, board *output.Board) (Program, error) {
	if err := plainfile.Check(path); errors.Is(err, plainfile.ErrKind) {
		return Program{}, fmt.Errorf("%w: it cannot be read again; run the tree from a file", err)
	}
	return Load(path, board)
}

// programsOf are the paths of the programs in a tree, in order.
func programsOf(n policy.Node) (paths []string) {
	if n.Kind == policy.Program {
		return []string{n.Path}
	}
	for _, c := range n.Children {
		paths = append(paths, programsOf(c)...)
	}
	return paths
}
