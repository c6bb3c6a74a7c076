package stdio

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// The model keeps everything and cuts it at the end.
func TestHeadTailIsItsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []byte
		var h headTail
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 3*evidence)), 0, 12).Draw(t, "sizes")
		for i, size := range sizes {
			p := bytes.Repeat([]byte{byte('a' + i)}, size)
			for j := range p {
				p[j] += byte(j % 7)
			}
			h.write(p)
			all = append(all, p...)
		}
		want := all
		if over := len(all) - 2*evidence; over > 0 {
			want = fmt.Appendf(bytes.Clone(all[:evidence]), "\n... %d bytes left out ...\n", over)
			want = append(want, all[len(all)-evidence:]...)
		}
		assert.True(t, bytes.Equal(want, h.bytes()), "%v", sizes)
	})
}

// Wherever in a stream the last fatal error stands, and in whatever pieces it
// comes, its line is in the evidence.
func TestHeadTailKeepsTheFatalError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 3*evidence))
		before := bytes.Repeat([]byte("fatal err\n"), size.Draw(t, "before")/10)
		earlier := rapid.SampledFrom([]string{"", "fatal error: an earlier one\n"}).Draw(t, "earlier")
		const line = "fatal error: out of memory\n"
		after := bytes.Repeat([]byte("goroutine 7\n"), size.Draw(t, "after")/12)
		text := slices.Concat([]byte(earlier), before, []byte(line), after)
		var h headTail
		for rest := text; len(rest) > 0; {
			n := min(rapid.SampledFrom([]int{1, 7, 100, 4096, 100000}).Draw(t, "piece"), len(rest))
			h.write(rest[:n])
			rest = rest[n:]
		}
		got := h.bytes()
		assert.Contains(t, "\n"+string(got), "\n"+line)
		if len(text) > 2*evidence {
			assert.True(t, bytes.HasPrefix(got, text[:evidence]))
			assert.True(t, bytes.HasSuffix(got, text[len(text)-evidence:]))
			assert.LessOrEqual(t, len(got), 2*evidence+longestFatal+200)
		} else {
			assert.Equal(t, text, got)
		}
	})
}

func TestFatalLineIsBounded(t *testing.T) {
	t.Parallel()
	var h headTail
	h.write(make([]byte, 2*evidence))
	h.write([]byte("\n" + fatalPrefix))
	for range 10 {
		h.write(bytes.Repeat([]byte("x"), evidence))
	}
	assert.Len(t, h.fatal.text, longestFatal)
	assert.LessOrEqual(t, len(h.bytes()), 2*evidence+longestFatal+200)
}
