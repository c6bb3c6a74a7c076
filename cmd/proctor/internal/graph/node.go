package graph

import (
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// Node is a supervisor or a child as it is drawn.
type Node struct {
	ID         string   `json:"id"`
	Path       string   `json:"path"` // below the root; of the root itself empty
	Supervisor *Policy  `json:"supervisor,omitempty"`
	Child      *Child   `json:"child,omitempty"` // nil of the root
	Command    []string `json:"command,omitempty"`
	Children   []Node   `json:"children,omitempty"` // in the order of starting
}

// Policy is what a supervisor does about crashes.
type Policy struct {
	Strategy     string `json:"strategy"`
	Intensity    int    `json:"intensity"`
	Period       string `json:"period"`
	AutoShutdown string `json:"auto_shutdown"`
}

// Child is what its supervisor does about one child.
type Child struct {
	Order       int      `json:"order"` // from 1
	Restart     string   `json:"restart"`
	Shutdown    string   `json:"shutdown"`
	Significant bool     `json:"significant,omitempty"`
	Template    bool     `json:"template,omitempty"` // of the instances of a simple_one_for_one
	Ready       string   `json:"ready,omitempty"`    // when it is up; empty: at once
	Pool        bool     `json:"pool,omitempty"`
	After       []string `json:"after,omitempty"` // ids of siblings that it needs
}

// Of returns the tree of a policy file as it is drawn.
func Of(top policy.Node) Node { return of(top, nil) }

func of(p policy.Node, c *Child) Node {
	n := Node{ID: p.ID, Path: p.Path, Child: c, Command: p.Command}
	if p.Kind != policy.Supervisor {
		return n
	}
	n.Supervisor = &Policy{p.Strategy.String(), p.Intensity, p.Period.String(), p.AutoShutdown.String()}
	for i, child := range p.Children {
		n.Children = append(n.Children, of(child, &Child{
			Order: i + 1, Restart: child.Restart.String(), Shutdown: shutdownOf(child), Significant: child.Significant,
			Template: p.Strategy == supervise.SimpleOneForOne, Ready: child.Ready, Pool: child.Pool, After: child.After,
		}))
	}
	return n
}

func shutdownOf(c policy.Node) string {
	switch d := c.Shutdown; {
	case d == supervise.BrutalKill:
		return "brutal_kill"
	case d == supervise.Infinity, d == 0 && c.Kind == policy.Supervisor:
		return "infinity"
	case d == 0:
		return supervise.DefaultShutdown.String()
	case d < time.Millisecond: // how a file's zero is told
		return "0s"
	default:
		return d.String()
	}
}

// lines are what is written into the node, from top to bottom.
func (n Node) lines() []string {
	title := n.ID
	if n.Child != nil {
		title = fmt.Sprintf("%d. %s", n.Child.Order, n.ID)
		if n.Child.Template {
			title += "#1…"
		}
	}
	lines := []string{title}
	if p := n.Supervisor; p != nil {
		lines = append(lines, fmt.Sprintf("%s, %d in %s", p.Strategy, p.Intensity, p.Period))
		if p.AutoShutdown != supervise.Never.String() {
			lines = append(lines, "auto_shutdown "+p.AutoShutdown)
		}
	}
	if len(n.Command) > 0 {
		if n.Child != nil && n.Child.Pool {
			lines = append(lines, "a pool of")
		}
		lines = append(lines, strings.Join(n.Command, " "))
	}
	if c := n.Child; c != nil {
		text := c.Restart + ", shutdown " + c.Shutdown
		if c.Significant {
			text += ", significant"
		}
		lines = append(lines, text)
		if c.Ready != "" {
			lines = append(lines, "ready: "+c.Ready)
		}
		if len(c.After) > 0 {
			lines = append(lines, "after "+strings.Join(c.After, ", "))
		}
	}
	for i := range lines {
		lines[i] = shown(lines[i])
	}
	return lines
}

// widest is how many signs of a line are shown.
const widest = 48

// shown makes a text fit for a drawing: it is short, and has no control signs.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if runes := []rune(s); len(runes) > widest {
		return string(runes[:widest-1]) + "…"
	}
	return s
}
