package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// document is what the long runs are written into.
const document = "docs/long-runs.md"

// outcome is what a run has seen.
type outcome struct {
	parameters string // what was done, in numbers
	head       []string
	rows       [][]string
	notes      []string // what a reader should know
	findings   []string // what should not be; none means passed
}

func (o *outcome) find(format string, args ...any) {
	o.findings = append(o.findings, fmt.Sprintf(format, args...))
}

func (o *outcome) note(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

func howMany(findings []string) string {
	if len(findings) == 1 {
		return "1 finding"
	}
	return fmt.Sprintf("%d findings", len(findings))
}

// section writes an outcome as a section of the document.
func section(r run, o options, at place, took time.Duration, out outcome) string {
	result := "**passed**"
	if len(out.findings) > 0 {
		result = "**failed**, with " + howMany(out.findings)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", r.name, r.what)
	writeTable(&b, []string{"", ""}, [][]string{
		{"command", "`" + command(r, o) + "`"},
		{"parameters", out.parameters},
		{"date", at.date.Format("2006-01-02 15:04 UTC")},
		{"commit", at.commit},
		{"machine", at.machine},
		{"took", took.Round(time.Second).String()},
		{"result", result},
	})
	if len(out.rows) > 0 {
		b.WriteString("\n")
		writeTable(&b, out.head, out.rows)
	}
	if len(out.notes) > 0 {
		b.WriteString("\n")
	}
	for _, note := range out.notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	b.WriteString("\nFindings: ")
	if len(out.findings) == 0 {
		b.WriteString("none.\n")
		return b.String()
	}
	b.WriteString("\n\n")
	for _, f := range out.findings {
		fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(strings.TrimSpace(f), "\n", "\n  "))
	}
	return b.String()
}

func writeTable(b *strings.Builder, head []string, rows [][]string) {
	line := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(b, "| %s ", strings.ReplaceAll(c, "|", `\|`))
		}
		b.WriteString("|\n")
	}
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
}

// record puts a section into the document, in place of the last one of its
// name.
func record(root, name, text string) error {
	path := filepath.Join(root, filepath.FromSlash(document))
	old, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		old, err = []byte(preface), nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(replace(string(old), name, text)), 0o644)
}

const preface = `# Long runs

What takes too long for every day, with its last result. Each section is
written by its command; none is edited by hand. Short forms of them run in CI.
`

// replace returns the document with a section in place of the one of that
// name, or at its end.
func replace(doc, name, text string) string {
	title := "\n## " + name + "\n"
	before, rest, found := strings.Cut(doc, title)
	if !found {
		return strings.TrimRight(doc, "\n") + "\n\n" + text
	}
	after := ""
	if i := strings.Index(rest, "\n## "); i >= 0 {
		after = rest[i:]
	}
	return before + "\n" + strings.TrimRight(text, "\n") + "\n" + after
}
