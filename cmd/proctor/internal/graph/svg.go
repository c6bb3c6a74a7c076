package graph

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The measures of a drawing.
const (
	charWidth  = 7 // of the font, at most
	lineHeight = 16
	padding    = 8
	columnGap  = 48
	rowGap     = 12
	margin     = 16
)

// box is a node with its place.
type box struct {
	node          Node
	lines         []string
	x, y          int
	width, height int
	children      []*box
}

// SVG returns the tree as a drawing: it grows to the right, and children stand
// below each other in the order of starting.
func SVG(root Node) []byte {
	top := measure(root)
	var widths []int
	widthsOf(top, 0, &widths)
	height := place(top, 0, margin, widths)
	width := margin
	for _, w := range widths {
		width += w + columnGap
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="Helvetica, Arial, sans-serif" font-size="12">`+"\n",
		width-columnGap+margin, height-rowGap+margin)
	fmt.Fprintf(&b, "<title>%s</title>\n", escaped(root.ID))
	b.WriteString(`<rect width="100%" height="100%" fill="#ffffff"/>` + "\n")
	edges(&b, top)
	boxes(&b, top)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func measure(n Node) *box {
	b := &box{node: n, lines: n.lines()}
	for _, l := range b.lines {
		b.width = max(b.width, utf8.RuneCountInString(l)*charWidth+2*padding)
	}
	b.height = len(b.lines)*lineHeight + 2*padding
	for _, c := range n.Children {
		b.children = append(b.children, measure(c))
	}
	return b
}

// widthsOf finds how wide each column is.
func widthsOf(b *box, depth int, widths *[]int) {
	if depth == len(*widths) {
		*widths = append(*widths, 0)
	}
	(*widths)[depth] = max((*widths)[depth], b.width)
	for _, c := range b.children {
		widthsOf(c, depth+1, widths)
	}
}

// place puts b and what is beneath it below y, and returns where there is room
// again.
func place(b *box, depth, y int, widths []int) int {
	b.x = margin
	for _, w := range widths[:depth] {
		b.x += w + columnGap
	}
	below := y
	for _, c := range b.children {
		below = place(c, depth+1, below, widths)
	}
	if len(b.children) == 0 {
		b.y = y
		return y + b.height + rowGap
	}
	first, last := b.children[0], b.children[len(b.children)-1]
	b.y = max(y, (first.y+last.y+last.height-b.height)/2)
	return max(below, b.y+b.height+rowGap)
}

func edges(b *strings.Builder, from *box) {
	for _, to := range from.children {
		x1, y1 := from.x+from.width, from.y+from.height/2
		x2, y2 := to.x, to.y+to.height/2
		middle := (x1 + x2) / 2
		fmt.Fprintf(b, `<path d="M%d %d C%d %[2]d %[3]d %[5]d %[4]d %[5]d" fill="none" stroke="#7a8699"/>`+"\n", x1, y1, middle, x2, y2)
		edges(b, to)
	}
}

func boxes(b *strings.Builder, of *box) {
	fill, radius := "#ffffff", 8
	if of.node.Supervisor != nil {
		fill, radius = "#e8eef7", 0
	}
	full := of.node.Path
	if len(of.node.Command) > 0 {
		full += ": " + strings.Join(of.node.Command, " ")
	}
	fmt.Fprintf(b, "<g><title>%s</title>\n", escaped(full))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="#3d4a5c"/>`+"\n", of.x, of.y, of.width, of.height, radius, fill)
	for i, l := range of.lines {
		weight := ""
		if i == 0 {
			weight = ` font-weight="bold"`
		}
		fmt.Fprintf(b, `<text x="%d" y="%d"%s xml:space="preserve">%s</text>`+"\n", of.x+padding, of.y+padding+(i+1)*lineHeight-4, weight, escaped(l))
	}
	b.WriteString("</g>\n")
	for _, c := range of.children {
		boxes(b, c)
	}
}

// escaped makes a text one of XML; what XML cannot hold is replaced.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
