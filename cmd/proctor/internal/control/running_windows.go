package control

import (
	"os"
	"strings"
)

// Running returns the addresses, for their files, of the trees that are run on
// this machine and that were not told another.
func Running() ([]string, error) {
	entries, err := os.ReadDir(pipePrefix)
	if err != nil {
		return nil, err
	}
	var live []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filePrefix) {
			live = append(live, pipePrefix+e.Name())
		}
	}
	return live, nil
}
