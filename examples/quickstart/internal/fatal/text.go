// Package fatal finds, in what a Go program wrote on its standard error, the
// lines that say why it ended.
package fatal

import (
	"bytes"
	"strings"
	"unicode"
)

// Limits of what [Text] returns. A stack trace is tens of kilobytes, the
// reason of a death a line or two.
const (
	maxLines      = 4
	maxLineLength = 200 // bytes
)

// beginnings are how the runtime's lines about a death begin.
var beginnings = [...]string{
	"runtime: goroutine stack exceeds ",
	"unexpected fault address ",
	"fatal error: ",
	"panic: ",
	"[signal ",
}

// Text returns the lines of stderr that name the reason of a death, joined by
// "; ". It is empty when there are none. Characters that would move a
// terminal's cursor are left out, however foreign the text.
func Text(stderr []byte) string {
	var reasons []string
	for line := range bytes.Lines(stderr) {
		if len(reasons) < maxLines && isReason(line) {
			reasons = append(reasons, printable(line))
		}
	}
	return strings.Join(reasons, "; ")
}

func isReason(line []byte) bool {
	for _, beginning := range beginnings {
		if bytes.HasPrefix(line, []byte(beginning)) {
			return true
		}
	}
	return false
}

func printable(line []byte) string {
	line = line[:min(len(line), maxLineLength)]
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(line)))
}
