package byhand

import (
	"bytes"
	"errors"
	"testing"
)

// What a person wrote is read, or the place of the mistake is in it.
func FuzzParseJSON(f *testing.F) {
	f.Fuzz(func(t *testing.T, input []byte) {
		_, err := ParseJSON[embeds](input)
		if err == nil {
			return
		}
		at, ok := errors.AsType[*InputError](err)
		if !ok {
			t.Fatalf("%T: %v", err, err)
		}
		if lines := bytes.Count(input, []byte("\n")) + 1; at.Line < 0 || at.Line > lines || at.Line > 0 && at.Column < 1 || at.Column > len(input)+1 || at.Problem == "" {
			t.Fatalf("%q: %+v", input, at)
		}
	})
}
