// Package output takes what the children of a tree write: it prints it line by
// line with the child's name before it, keeps the last lines of each child, and
// hands new ones to those who follow.
package output
