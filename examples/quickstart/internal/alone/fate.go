package alone

import (
	"fmt"
	"os"
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/fatal"
)

// Fate is what became of a child.
type Fate struct {
	PID     int
	Running bool          // it had not ended after Waited, and was killed
	Waited  time.Duration // how long it was given
	Status  string        // how it ended, in the words of os.ProcessState; "" when Running
	Text    string        // the lines of its standard error that say why; "" for none
}

// String is the line that the report shows.
func (f Fate) String() string {
	switch {
	case f.Running:
		return fmt.Sprintf("still running after %v", f.Waited)
	case f.Text == "":
		return f.Status
	default:
		return fmt.Sprintf("%s (%s)", f.Text, f.Status)
	}
}

func died(state *os.ProcessState, stderr []byte) Fate {
	return Fate{PID: state.Pid(), Status: state.String(), Text: fatal.Text(stderr)}
}
