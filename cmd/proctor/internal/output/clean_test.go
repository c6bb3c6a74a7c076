package output_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ plain, colored string }{
		"plain\tä 😀 שלום":                        {"plain\tä 😀 שלום", "plain\tä 😀 שלום"},
		"10%\r20%":                               {`10%\r20%`, `10%\r20%`},
		"\rweb | all is well":                    {`\rweb | all is well`, `\rweb | all is well`},
		"\x1b[1A\x1b[2Kweb | forged":             {`\x1b[1A\x1b[2Kweb | forged`, `\x1b[1A\x1b[2Kweb | forged`},
		"\x1b]0;title\a":                         {`\x1b]0;title\a`, `\x1b]0;title\a`},
		"\x1bc":                                  {`\x1bc`, `\x1bc`},
		"a\bb\vc\x00d\x7f":                       {`a\bb\vc\x00d\x7f`, `a\bb\vc\x00d\x7f`},
		"\u009b2J\u0085":                         {`\u009b2J\u0085`, `\u009b2J\u0085`},
		"abc\u202etxt.exe\u2066\u200f":           {`abc\u202etxt.exe\u2066\u200f`, `abc\u202etxt.exe\u2066\u200f`},
		"\u2028\u2029":                           {`\u2028\u2029`, `\u2028\u2029`},
		"\x1b[31mred\x1b[0m":                     {"red", "\x1b[31mred\x1b[0m\x1b[0m"},
		"\x1b[1;38:5:208mwarn":                   {"warn", "\x1b[1;38:5:208mwarn\x1b[0m"},
		"\x1b[m\x1b[Kgcc":                        {"gcc", "\x1b[mgcc\x1b[0m"},
		"\x1b[31":                                {`\x1b[31`, `\x1b[31`},
		"\x1b[?25lm":                             {`\x1b[?25lm`, `\x1b[?25lm`},
		"\x1b[" + strings.Repeat("1", 100) + "m": {`\x1b[` + strings.Repeat("1", 100) + "m", `\x1b[` + strings.Repeat("1", 100) + "m"},
	} {
		assert.Equal(t, want.plain, output.Clean(text, false), "%q", text)
		assert.Equal(t, want.colored, output.Clean(text, true), "%q", text)
	}
	assert.Equal(t, "a\n\\rb\n", output.CleanText("a\n\rb\n"))
}

// Without colors nothing is left of any text that a terminal does not show.
func TestCleanProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("\x1b[];0123mK\r\n\b\u009b\u202e")))).Draw(t, "text")
		for _, r := range output.Clean(text, false) {
			require.False(t, unicode.IsControl(r) && r != '\t', "%q", r)
			require.False(t, unicode.Is(unicode.Bidi_Control, r), "%q", r)
		}
		line, err := json.Marshal(text)
		require.NoError(t, err)
		var same, again string
		require.NoError(t, json.Unmarshal(line, &same))
		require.NoError(t, json.Unmarshal(output.CleanJSON(line), &again))
		assert.Equal(t, same, again)
	})
}

// Guarantee(output): Nothing a program writes can pass for a line of another program, or do anything to the terminal; its colors are kept, to the end of the line.
func TestNoLineIsForged(t *testing.T) {
	t.Parallel()
	const forged = "\x1b[1A\r\x1b[32mother | fine\u202e"
	for _, tt := range []struct {
		name   string
		colors output.Colors
		json   bool
		want   string
	}{
		{"a pipe", output.Colors{}, false, `a | \x1b[1A\rother | fine\u202e` + "\n"},
		{"a terminal", output.Colors{Stdout: true}, false, "\x1b[36ma | \x1b[0m" + `\x1b[1A\r` + "\x1b[32m" + `other | fine\u202e` + "\x1b[0m\n"},
		{"JSON", output.Colors{}, true, `"text":"\u001b[1A\r\u001b[32mother | fine\u202e"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, logs bytes.Buffer
			b := output.New(&out, &out, tt.colors)
			client := output.New(&logs, &logs, tt.colors) // of logs
			if tt.json {
				b.AsJSON()
				client.AsJSON()
			}
			_, _ = fmt.Fprintln(b.Source("a").Stdout(), forged)
			kept := b.Tail("a", 1)[0]
			assert.Equal(t, forged, kept.Text, "what is kept is what was written")
			client.Print(kept)
			assert.Contains(t, out.String(), tt.want)
			assert.Equal(t, out.String(), logs.String(), "logs prints what run does")
		})
	}
}
