package control

import (
	"os"
	"strings"
)

// Running returns the addresses of the trees that are run on this machine and
// that have the address of their file.
func Running() ([]string, error) {
	entries, err := os.ReadDir(pipePrefix)
	if err != nil {
		return nil, err
	}
	var live []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "proctor-") {
			live = append(live, pipePrefix+e.Name())
		}
	}
	return live, nil
}
