package graph

import (
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/supervise"
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
	Order       int    `json:"order"` // from 1
	Restart     string `json:"restart"`
	Shutdown    string `json:"shutdown"`
	Significant bool   `json:"significant,omitempty"`
	Template    bool   `json:"template,omitempty"` // of the instances of a simple_one_for_one
}

// Of returns the tree of a spec. command is asked for the program of each child
// that is no supervisor, by its path.
func Of(spec supervise.Spec, command func(path string) []string) Node {
	n := under(spec, "", command)
	n.ID = spec.Name
	return n
}

func under(spec supervise.Spec, path string, command func(string) []string) Node {
	n := Node{Path: path, Supervisor: policyOf(spec.Policy)}
	for i, c := range spec.Children {
		at := c.ID
		if path != "" {
			at = path + "/" + c.ID
		}
		var child Node
		if below, ok := c.Spec(); ok {
			child = under(below, at, command)
		} else {
			child = Node{Path: at, Command: command(at)}
		}
		child.ID, child.Child = c.ID, childOf(c, i, spec.Policy.Strategy)
		n.Children = append(n.Children, child)
	}
	return n
}

func policyOf(p supervise.Policy) *Policy {
	intensity, period := p.Intensity, p.Period
	switch intensity {
	case 0:
		intensity = supervise.DefaultIntensity
	case supervise.NoRestarts:
		intensity = 0
	}
	if period == 0 {
		period = supervise.DefaultPeriod
	}
	return &Policy{p.Strategy.String(), intensity, period.String(), p.AutoShutdown.String()}
}

func childOf(c supervise.ChildSpec, index int, of supervise.Strategy) *Child {
	return &Child{
		Order: index + 1, Restart: c.Restart.String(), Shutdown: shutdownOf(c),
		Significant: c.Significant, Template: of == supervise.SimpleOneForOne,
	}
}

func shutdownOf(c supervise.ChildSpec) string {
	switch d := c.Shutdown; {
	case d == supervise.BrutalKill:
		return "brutal_kill"
	case d == supervise.Infinity, d == 0 && c.Type == supervise.SupervisorChild:
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
		lines = append(lines, strings.Join(n.Command, " "))
	}
	if c := n.Child; c != nil {
		text := c.Restart + ", shutdown " + c.Shutdown
		if c.Significant {
			text += ", significant"
		}
		lines = append(lines, text)
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
