//go:build !linux

package live

import "errors"

// Adopts reports whether this process gets the orphans of its children. Only
// Linux has containers, and subreapers.
func Adopts(subreaper bool) (bool, error) {
	if subreaper {
		return false, errors.New("only Linux has subreapers")
	}
	return false, nil
}
