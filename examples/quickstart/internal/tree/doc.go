// Package tree finds the Go files to analyze.
package tree
