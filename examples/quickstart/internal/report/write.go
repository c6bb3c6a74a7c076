package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes the report as one object.
func (r Report) JSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Text writes the report for people.
func (r Report) Text(out io.Writer) error {
	var b bytes.Buffer
	b.Write(r.summary)
	fmt.Fprintf(&b, "\npoison: the same task on inputs that end or hang a whole program\n")
	for _, p := range r.Poison {
		fmt.Fprintf(&b, "  %s\n    as a goroutine:  %s\n    through Proctor: %s\n", p.Kind, p.Goroutine, p.Proctor)
	}
	fmt.Fprintf(&b, "\nworkers that died: %d\n", len(r.Deaths))
	for _, d := range r.Deaths {
		fmt.Fprintf(&b, "  pid %d: %s\n", d.PID, d.Cause)
	}
	fmt.Fprintf(&b, "\n%d workers: %.0f files per second, %.2f times as fast as one goroutine\n",
		r.Workers, r.FilesPerSecond, r.Speedup)
	fmt.Fprintf(&b, "the tables of one goroutine, of processes and of processes with faults: %s\n", r.verdict())
	_, err := out.Write(b.Bytes())
	return err
}

func (r Report) verdict() string {
	if r.Identical {
		return "the same, to the byte"
	}
	return "DIFFERENT"
}
