package internal_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lesson is an entry of docs/lessons.md.
type lesson struct {
	part, title string
	number      int
	text        string
}

func readLessons(t *testing.T) []lesson {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "lessons.md"))
	require.NoError(t, err)
	heading := regexp.MustCompile(`^### (\d+)\. (.+)$`)
	var all []lesson
	part := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			part = name
			continue
		}
		if m := heading.FindStringSubmatch(line); m != nil {
			n, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			all = append(all, lesson{part: part, title: m[2], number: n})
			continue
		}
		if len(all) > 0 {
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

// Each complaint and each hard problem is there, in order, with where it is
// from, and with a test that holds the answer or with what it is left to.
func TestLessonsAreWhole(t *testing.T) {
	t.Parallel()
	want := map[string]int{"Complaints": 41, "Hard problems": 13}
	seen := map[string]int{}
	for _, l := range readLessons(t) {
		seen[l.part]++
		name := l.part + " " + strconv.Itoa(l.number)
		assert.Equal(t, seen[l.part], l.number, "%s is out of order", name)
		assert.Contains(t, l.text, "](https://", "%s: where is it from?", name)
		held, left := strings.Contains(l.text, "\nHeld by ["), strings.Contains(l.text, "\nNot touched yet")
		assert.NotEqual(t, held, left, "%s: one of \"Held by [Test…]\" and \"Not touched yet\"", name)
	}
	assert.Equal(t, want, seen)
}

// Each test that is named is in the file that is named, and each other link
// leads to a file.
func TestLessonsNameTestsThatAre(t *testing.T) {
	t.Parallel()
	base := root(t)
	home := testsByName(t)
	link := regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	links := 0
	for _, l := range readLessons(t) {
		for _, m := range link.FindAllStringSubmatch(l.text, -1) {
			name, target := m[1], m[2]
			if strings.HasPrefix(target, "https://") {
				continue
			}
			links++
			file := path.Join("docs", target)
			_, err := os.Stat(filepath.Join(base, filepath.FromSlash(file)))
			assert.NoError(t, err, "%s %d", l.part, l.number)
			if strings.HasSuffix(file, "_test.go") {
				assert.Contains(t, home[name], file, "%s %d: %s is not in %s, but in %v", l.part, l.number, name, file, home[name])
			}
		}
	}
	require.Greater(t, links, 50, "the links have not been read")
}

// testsByName finds the files that have a test, fuzz target or example of each
// name.
func testsByName(t *testing.T) map[string][]string {
	t.Helper()
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	home := map[string][]string{}
	goFiles(t, func(path string, source []byte) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range function.FindAllStringSubmatch(string(source), -1) {
			home[m[1]] = append(home[m[1]], path)
		}
	}, ".")
	return home
}
