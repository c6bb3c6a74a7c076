package procactor

import (
	"bytes"
	"fmt"
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
