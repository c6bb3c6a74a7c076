package byhand

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// Task is a task in the list, and in its JSON.
type Task struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"` // "call", "stream" or "command"
	Concurrent uint32 `json:"concurrent"`
	Idempotent bool   `json:"idempotent"`
	Input      Type   `json:"input"`
	Output     Type   `json:"output"`
	Errors     string `json:"errors,omitempty"`  // the codec of typed errors
	Refused    string `json:"refused,omitempty"` // why the program does not start as a worker: its types cannot be carried
}

// Type is what goes into a task, or comes out of it.
type Type struct {
	Go      string          `json:"type"` // as Go writes it
	Codec   string          `json:"codec"`
	Example json.RawMessage `json:"example,omitempty"` // of the input: JSON that the task takes
}

// WriteList writes the tasks, in one write, as JSON or as a table for people.
func WriteList(w io.Writer, tasks []Task, asJSON bool) error {
	var b bytes.Buffer
	if asJSON {
		enc := json.NewEncoder(&b)
		enc.SetIndent("", "  ")
		if err := enc.Encode(tasks); err != nil {
			return err
		}
	} else {
		writeTable(&b, tasks)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// writeTable writes into memory, which does not fail.
func writeTable(b *bytes.Buffer, tasks []Task) {
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "TASK\tKIND\tCONCURRENT\tIDEMPOTENT\tINPUT\tOUTPUT\tCODECS\tEXAMPLE OF THE INPUT")
	for _, t := range tasks {
		idempotent := "no"
		if t.Idempotent {
			idempotent = "yes"
		}
		codecs := t.Input.Codec + ", " + t.Output.Codec
		if t.Input.Codec == t.Output.Codec {
			codecs = t.Input.Codec
		}
		if t.Errors != "" {
			codecs += ", errors " + t.Errors
		}
		example := string(t.Input.Example)
		switch {
		case t.Refused != "":
			example = "REFUSED: " + t.Refused
		case example == "":
			example = "(only " + FlagRaw + ")"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", t.Name, t.Kind, t.Concurrent, idempotent, t.Input.Go, t.Output.Go, codecs, example)
	}
	_ = table.Flush()
}
