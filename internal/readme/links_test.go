package main

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pages returns the Markdown of the repository: at its top and in docs.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		all = append(all, found...)
	}
	return all
}

// Every link of a page to this repository leads to a file that is there, and to
// a heading of it.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range linksOf(string(text)) {
			assert.NoError(t, follow(page, link), page)
		}
	}
}

// A link that is called as a test leads to the file where that is.
func TestLinksToTests(t *testing.T) {
	t.Parallel()
	found := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\[(Test\w+)\]\(([^()\s#]+)`).FindAllStringSubmatch(string(text), -1) {
			source, err := os.ReadFile(filepath.Join(filepath.Dir(page), filepath.FromSlash(m[2])))
			require.NoError(t, err)
			assert.Contains(t, string(source), "\nfunc "+m[1]+"(", page)
			found++
		}
	}
	assert.Positive(t, found)
}

// Each error that docs/errors.md tells of is one that a test of its row is about.
func TestErrorsHaveTheirTests(t *testing.T) {
	t.Parallel()
	page := filepath.Join("..", "..", "docs", "errors.md")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|.*\\| (\\[.*) \\|$").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(rows), 10)
	for _, row := range rows {
		var tests strings.Builder
		for _, link := range linksOf(row[2]) {
			source, err := os.ReadFile(filepath.Join(filepath.Dir(page), filepath.FromSlash(link)))
			require.NoError(t, err)
			tests.Write(source)
		}
		for _, name := range codeNames(row[1]) {
			_, name, _ = strings.Cut(name, ".")
			if !strings.Contains(tests.String(), name) { // whose text would be no help
				t.Errorf("%s is in no test of\n%s", name, row[0])
			}
		}
	}
}

// Every page of docs is linked by the README, so that it can be found.
func TestReadmeLinksAllPages(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	links := linksOf(string(readme))
	for _, page := range pages(t) {
		if filepath.Base(filepath.Dir(page)) == "docs" {
			assert.Contains(t, links, "docs/"+filepath.Base(page))
		}
	}
}

// linksOf returns the targets of a document's links and pictures that are not
// in code.
func linksOf(doc string) []string {
	doc = regexp.MustCompile("(?s)\n```.*?\n```|`[^`\n]*`").ReplaceAllString(doc, "")
	var all []string
	for _, m := range regexp.MustCompile(`\]\(([^()\s]+)\)`).FindAllStringSubmatch(doc, -1) {
		all = append(all, m[1])
	}
	return all
}

// follow returns an error if a link of a page leads nowhere in this repository;
// the web is not asked.
func follow(page, link string) error {
	u, err := url.Parse(link)
	if err != nil || u.IsAbs() {
		return err
	}
	target := page
	if u.Path != "" {
		target = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
	}
	if filepath.Ext(target) != ".md" || u.Fragment == "" {
		_, err := os.Stat(target)
		return err
	}
	text, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		heading := strings.TrimLeft(line, "#")
		if heading != line && slug(strings.TrimSpace(heading)) == u.Fragment {
			return nil
		}
	}
	return &url.Error{Op: "find", URL: link, Err: os.ErrNotExist}
}

func TestLinksOf(t *testing.T) {
	t.Parallel()
	doc := "[a](b.md#c-d) `x[i](no)` ![p](q.svg)\n```go\n[no](no)\n```\n[e](https://f)"
	assert.Equal(t, []string{"b.md#c-d", "q.svg", "https://f"}, linksOf(doc))
}

func TestFollow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := filepath.Join(dir, "a.md")
	require.NoError(t, os.WriteFile(page, []byte("# One\n\n## What it's, in Go\n"), 0o600))
	for link, there := range map[string]bool{
		"a.md": true, "a.md#one": true, "#whats-it-in-go": false, "#what-its-in-go": true, "b.md": false, "b.md#one": false, "https://x.y/z": true,
	} {
		assert.Equal(t, there, follow(page, link) == nil, link)
	}
}
