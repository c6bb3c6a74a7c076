// Package recipes holds the recipes of the README as tests, so that each one
// compiles and does what it says.
package recipes
