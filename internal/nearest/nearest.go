// Package nearest guesses what was meant by a mistyped name.
package nearest

import (
	"strings"
	"unicode/utf8"
)

// To is the one of names that was probably meant by wrong; "" when none
// is near.
func To(wrong string, names []string) string {
	if len(wrong) > 64 {
		return ""
	}
	bare := folded(wrong)
	best, least := "", 1+max(1, utf8.RuneCountInString(wrong)/3)
	for _, name := range names {
		if d := distance(bare, folded(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// folded is s without what is easily confused.
func folded(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// distance counts the letters to insert, delete, replace, or swap with their
// neighbor.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
