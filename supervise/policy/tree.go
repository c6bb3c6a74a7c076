package policy

import (
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// ChildKind is what runs a child of a file.
type ChildKind uint8

// The kinds of children.
const (
	// Filled children are run by the program that loads the file.
	Filled ChildKind = iota
	// Program children have a command.
	Program
	// Supervisor children have children.
	Supervisor
)

// String returns filled, program or supervisor.
func (k ChildKind) String() string {
	switch k {
	case Program:
		return "program"
	case Supervisor:
		return "supervisor"
	case Filled:
	}
	return "filled"
}

// Node is a child of a file, or the top supervisor, for those who show a tree.
// It holds no value of an environment and none of a variable.
type Node struct {
	ID           string // of the top: its name
	Path         string // below the top, which has none
	Line, Column int
	Kind         ChildKind
	Restart      supervise.Restart
	Shutdown     time.Duration // as in a ChildSpec; zero: the default
	Significant  bool
	Command      []string // of a Program: it and its arguments, to be shown
	Ready        string   // of a Program: when it is, such as "tcp 127.0.0.1:80"; empty: at once
	Pool         bool     // of a Program: it is a pool
	After        []string // ids of siblings

	Strategy     supervise.Strategy     // of a Supervisor
	Intensity    int                    // of a Supervisor; the default filled in, 0 is none
	Period       time.Duration          // of a Supervisor; the default filled in
	AutoShutdown supervise.AutoShutdown // of a Supervisor
	Children     []Node                 // of a Supervisor, in the order of starting
}

// Tree returns what is in the file, whether or not somebody fills it.
func (f *File) Tree() Node {
	s := f.top()
	return supervisorNode(Node{ID: f.Name(), Line: s.at.line, Column: s.at.col, Kind: Supervisor}, s.v)
}

func supervisorNode(n Node, s *rawSupervisor) Node {
	n.Strategy, n.AutoShutdown = s.strategy.v, s.autoShutdown.v
	n.Intensity = orElse(s.intensity, supervise.DefaultIntensity)
	n.Period = orElse(s.period, supervise.DefaultPeriod)
	for _, c := range s.children.v {
		n.Children = append(n.Children, childNode(c, join(n.Path, c.id.v)))
	}
	return n
}

func childNode(c *rawChild, path string) Node {
	n := Node{
		ID: c.id.v, Path: path, Line: c.at.line, Column: c.at.col,
		Restart: c.restart.v, Shutdown: c.shutdown.v, Significant: c.significant.v,
	}
	for _, need := range c.after.v {
		n.After = append(n.After, need.v)
	}
	switch {
	case c.supervisor.v != nil:
		n.Kind = Supervisor
		return supervisorNode(n, c.supervisor.v)
	case c.command.set:
		cmd := commandOf(c, path)
		n.Kind, n.Command, n.Pool = Program, cmd.Shown(), cmd.Pool != nil
		if cmd.Ready != nil {
			n.Ready = cmd.Ready.String()
		}
	}
	return n
}
