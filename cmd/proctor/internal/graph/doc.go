// Package graph draws a tree of supervisors and children, as it is before
// anything is started: as dot for Graphviz, and as SVG.
package graph
