package stdio

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// inPieces cuts b into pieces whose lengths are the bytes of sizes, over and over.
func inPieces(b, sizes []byte) (cut [][]byte) {
	for i := 0; len(b) > 0; i++ {
		n := len(b)
		if len(sizes) > 0 {
			n = min(n, 1+int(sizes[i%len(sizes)])<<6)
		}
		cut, b = append(cut, b[:n]), b[n:]
	}
	return cut
}

func FuzzHeadTail(f *testing.F) {
	f.Fuzz(func(t *testing.T, b, sizes []byte, times uint8) {
		b = bytes.Repeat(b, int(times)+1)
		if len(b) > 8*evidence {
			b = b[:8*evidence]
		}
		var h headTail
		for _, p := range inPieces(b, sizes) {
			h.write(p)
		}
		want := b
		if over := len(b) - 2*evidence; over > 0 {
			want = fmt.Appendf(bytes.Clone(b[:evidence]), "\n... %d bytes left out ...\n", over)
			want = append(want, b[len(b)-evidence:]...)
		}
		if !bytes.Equal(want, h.bytes()) {
			t.Fatalf("%d bytes in pieces of %v are not what was kept", len(b), sizes)
		}
	})
}

func FuzzLogLines(f *testing.F) {
	f.Fuzz(func(t *testing.T, b, sizes []byte) {
		if len(b)+(lineCost+1)*(bytes.Count(b, []byte("\n"))+len(b)/longLine+2) > logWindow {
			return // some could be dropped
		}
		n := newNotes()
		close(n.proceed)
		l := NewLogLines(slog.New(n), "stdout", workerKinds())
		for _, p := range inPieces(b, sizes) {
			if _, err := l.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		l.Close(t.Context().Done())
		for _, line := range n.lines {
			if len(line) > longLine || strings.Contains(line, "\n") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		without := strings.NewReplacer("\n", "", "\r", "").Replace
		if got := without(strings.Join(n.lines, "")); n.lost != 0 || got != without(string(b)) {
			t.Fatalf("%q became %q, %d bytes were dropped", b, n.lines, n.lost)
		}
	})
}
