// Package recipes holds the code of docs/recipes.md, so that all of it compiles
// and its tests see that it does what it says.
package recipes
