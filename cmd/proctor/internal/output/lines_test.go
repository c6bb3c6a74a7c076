package output_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A line that is too long is cut between two characters, and both parts say so.
func TestCutsAreBetweenCharacters(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"é", "…", "😀"} {
		for shift := range len(sign) {
			var out bytes.Buffer
			b := output.New(&out, &out, output.Colors{})
			text := strings.Repeat("x", shift) + strings.Repeat(sign, 20<<10)
			w := b.Source("a").Stdout()
			for rest := []byte(text + "\n"); len(rest) > 0; { // in pieces that fit nothing
				n := min(len(rest), 4099)
				_, _ = w.Write(rest[:n])
				rest = rest[n:]
			}
			require.NotContains(t, out.String(), "\uFFFD")
			lines := b.Tail("a", 100)
			require.Greater(t, len(lines), 2)
			whole := ""
			for i, l := range lines {
				assert.Equal(t, i > 0, l.Continues, i)
				assert.Equal(t, i < len(lines)-1, l.Cut, i)
				assert.LessOrEqual(t, len(l.Text), 16<<10)
				whole += l.Text
			}
			assert.Equal(t, text, whole, "nothing is lost")
			printed := strings.Split(out.String(), "\n")
			assert.True(t, strings.HasSuffix(printed[0], sign+"…"))
			assert.True(t, strings.HasPrefix(printed[1], "a | …"))
		}
	}
}

// What ends where a cut would be is not cut.
func TestLinesOfTheLongestLength(t *testing.T) {
	t.Parallel()
	b := output.New(&sink{}, &sink{}, output.Colors{})
	w := b.Source("a").Stdout()
	for _, text := range []string{strings.Repeat("x", 16<<10), strings.Repeat("y", 16<<10-1) + "\r"} {
		_, _ = w.Write([]byte(text))
		_, _ = w.Write([]byte("\nnext\n"))
		lines := b.Tail("a", 2)
		assert.Equal(t, strings.TrimSuffix(text, "\r"), lines[0].Text)
		assert.False(t, lines[0].Cut)
		assert.Equal(t, "next", lines[1].Text)
		assert.False(t, lines[1].Continues)
	}
}

// Guarantee(output): Text without a line end is shown, too: when nothing follows for a moment, and at the end.
func TestTextWithoutAnEndIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		b := output.New(&out, &out, output.Colors{})
		w := b.Source("a").Stdout()
		shown := func(after time.Duration) string {
			time.Sleep(after)
			synctest.Wait()
			return out.take()
		}
		_, _ = w.Write([]byte("one\nPassword: "))
		assert.Equal(t, "a | one\n", shown(100*time.Millisecond))
		assert.Equal(t, "a | Password: \n", shown(time.Second))
		assert.Equal(t, "Password: ", b.Tail("a", 1)[0].Text, "logs have it")
		assert.Empty(t, shown(time.Hour))
		_, _ = w.Write([]byte("*****\nnext\n"))
		assert.Equal(t, "a | …*****\na | next\n", shown(0))
		_, _ = w.Write([]byte("done"))
		assert.Equal(t, "a | done\n", shown(time.Second))
		_, _ = w.Write([]byte("\r\n\nmore\n"))
		assert.Equal(t, "a | \na | more\n", shown(0), "its own end is no line, an empty one is")

		// Half of a character, of an end, or of a color is not shown.
		_, _ = w.Write([]byte("caf\xc3"))
		assert.Equal(t, "a | caf\n", shown(time.Second))
		_, _ = w.Write([]byte("\xa9\r"))
		assert.Equal(t, "a | …é\n", shown(time.Second))
		_, _ = w.Write([]byte("\n\x1b[3"))
		assert.Empty(t, shown(time.Second))
		_, _ = w.Write([]byte("1mred\n"))
		assert.Equal(t, "a | red\n", shown(0))

		for range 60 { // it dribbles, and is never quiet
			_, _ = w.Write([]byte("."))
			time.Sleep(100 * time.Millisecond)
		}
		assert.GreaterOrEqual(t, strings.Count(shown(0), "\n"), 2)
		b.Source("a").Flush()
		assert.Equal(t, 60, strings.Count(strings.Join(texts(b.Tail("a", 100)), ""), "."))
	})
}

// The next life of a child begins with a line of its own.
func TestNextLifeContinuesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := output.New(&sink{}, &sink{}, output.Colors{})
		s := b.Source("a")
		_, _ = s.Stdout().Write([]byte("half"))
		time.Sleep(time.Second)
		synctest.Wait()
		s.Flush()
		_, _ = s.Stdout().Write([]byte("whole\n"))
		assert.Equal(t, []string{"half", "whole"}, texts(b.Tail("a", 10)))
		assert.False(t, b.Tail("a", 1)[0].Continues)
	})
}

// Nor do processes beside one another, as the instances of a template are, write
// on one line; all are flushed with the child.
func TestProcessesOfOneChild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := output.New(&sink{}, &sink{}, output.Colors{})
		s := b.Source("a")
		one, errs := s.Process()
		other, _ := s.Process()
		_, _ = one.Write([]byte("half "))
		_, _ = other.Write([]byte("whole\nrest"))
		_, _ = one.Write([]byte("and half\n"))
		_, _ = errs.Write([]byte("trouble"))
		s.Flush()
		assert.Equal(t, []string{"whole", "half and half", "rest", "trouble"}, texts(b.Tail("a", 10)))
		_, _ = other.Write([]byte("new\n"))
		assert.False(t, b.Tail("a", 1)[0].Continues)
	})
}

func texts(lines []output.Line) (all []string) {
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return all
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		b := output.New(&out, &out, output.Colors{})
		b.Times()
		time.Sleep(1500 * time.Millisecond)
		_, _ = fmt.Fprintln(b.Source("a").Stdout(), "one")
		n := b.Notes("proctor")
		_, _ = n.Write([]byte("note\n"))
		n.Drain(nil)
		at := time.Now().Format("2006-01-02T15:04:05.000Z07:00")
		assert.Equal(t, at+" a | one\n"+at+" proctor | note\n", out.String())
	})
}
