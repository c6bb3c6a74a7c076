// Package deaths collects how the workers of a pool die.
package deaths
