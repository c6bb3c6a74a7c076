package procactor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// listedTask is a task in the JSON of the list.
type listedTask struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"` // "call", "stream" or "command"
	Concurrent uint32     `json:"concurrent"`
	Idempotent bool       `json:"idempotent"`
	Input      listedType `json:"input"`
	Output     listedType `json:"output"`
	Errors     string     `json:"errors,omitempty"`  // the codec of typed errors
	Refused    string     `json:"refused,omitempty"` // why the program does not start as a worker: its types cannot be carried
}

// listedType is what goes into a task, or comes out of it.
type listedType struct {
	Type    string          `json:"type"` // as Go writes it
	Codec   string          `json:"codec"`
	Example json.RawMessage `json:"example,omitempty"` // of the input: JSON that the task takes
}

// listTasks writes the program's tasks, in the order in which Main got them.
func listTasks(w io.Writer, c *catalog, asJSON bool) error {
	served := c.byHand()
	tasks := make([]listedTask, len(served))
	for i, task := range served {
		t, about := task.info, task.hand().describe()
		tasks[i] = listedTask{
			Name: t.Name, Kind: about.kind, Concurrent: max(1, t.Concurrent), Idempotent: t.Idempotent,
			Input:  listedType{Type: about.in.String(), Codec: t.Input, Example: json.RawMessage(about.example)},
			Output: listedType{Type: about.out.String(), Codec: t.Output},
			Errors: t.Error,
		}
		if task.refused != nil {
			tasks[i].Refused = task.refused.Error()
		}
	}
	var b bytes.Buffer // one write
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
func writeTable(b *bytes.Buffer, tasks []listedTask) {
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
			example = "(only " + flagRaw + ")"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", t.Name, t.Kind, t.Concurrent, idempotent, t.Input.Type, t.Output.Type, codecs, example)
	}
	_ = table.Flush()
}
