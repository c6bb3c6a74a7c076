package output

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const escape = '\x1b'

// Clean returns a line that does nothing to a terminal but show itself: what
// moves the cursor, clears, renames, or turns the order of signs around is shown
// as Go writes it, such as \r, \x1b and \u202e. Tabs stay.
//
// With colors, what sets them stays as well, and they are set back at the end;
// without, it is left out.
func Clean(line string, colors bool) string {
	if !strings.ContainsFunc(line, isHarmful) {
		return line
	}
	var b strings.Builder
	painted := false
	for len(line) > 0 {
		r, size := utf8.DecodeRuneInString(line)
		n, paints := harmless(line)
		switch {
		case paints && colors:
			painted = true
			b.WriteString(line[:n])
		case n > 0:
		case isHarmful(r):
			b.WriteString(shown(r))
		default:
			b.WriteString(line[:size])
		}
		line = line[max(n, size):]
	}
	if painted {
		b.WriteString(reset)
	}
	return b.String()
}

// CleanText is Clean for each line of a text, without colors.
func CleanText(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Clean(line, false)
	}
	return strings.Join(lines, "\n")
}

// CleanJSON writes what Clean shows in another way as JSON's own \u escapes:
// the values stay what they are.
func CleanJSON(line []byte) []byte {
	if !bytes.ContainsFunc(line, isHarmful) {
		return line
	}
	var b bytes.Buffer
	for _, r := range string(line) {
		if isHarmful(r) && r != '\n' && r != '\r' { // these are between values
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// shown is a sign as Go writes it.
func shown(r rune) string {
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// isHarmful reports whether a terminal does something else than to show the
// sign: controls of both sets, and what decides in which direction text runs or
// where a line ends.
func isHarmful(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t'
	case r >= 0x7f && r < 0xa0, // DEL and the controls called C1
		r == 0x61c, r == 0x200e, r == 0x200f, // marks of direction
		r >= 0x2028 && r <= 0x202e, // ends of lines and paragraphs; embeddings, overrides
		r >= 0x2066 && r <= 0x206f, // isolates, and what was before them
		r >= 0xfff9 && r <= 0xfffb: // notes between lines
		return true
	}
	return false
}

// longestSequence is how long one is at most that sets colors.
const longestSequence = 64

// harmless returns how long the sequence is with which the text begins, if it
// reaches no further than its own line: it sets colors, or clears the rest of
// the line, where there is nothing. 0: it is another one, or none.
func harmless(text string) (n int, paints bool) {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0, false
	}
	for i := 2; i < min(len(text), longestSequence); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= ';': // digits, ':' and ';'
		case c == 'm':
			return i + 1, true
		case c == 'K' && (i == 2 || text[2:i] == "0"):
			return i + 1, false
		default:
			return 0, false
		}
	}
	return 0, false
}
