// Command startcost measures what the start of a process costs on this machine
// and prints two words: that, in milliseconds, and the scale of samples that the
// machine can bear, which .ci/run gives to the tests.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// starts are so many that one that meets a busy moment is not the median.
const starts = 31

// child is the only argument of a start that is measured.
const child = "child"

func main() {
	if len(os.Args) > 1 && os.Args[1] == child {
		return
	}
	cost, err := measure()
	if err != nil {
		fmt.Fprintln(os.Stderr, "startcost:", err)
		os.Exit(1)
	}
	fmt.Printf("%.1f %d\n", float64(cost)/float64(time.Millisecond), scaleFor(cost))
}

// measure is the median time from the start of this program to its end.
func measure() (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var took []time.Duration
	for range starts {
		begin := time.Now()
		if err := exec.Command(self, child).Run(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
