package record_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/internal/record"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type longError struct{ error }

// A reason is an error to a handler, of whatever length its text is, and bounded
// in what is written.
func TestReasonIsAnErrorWithAnEnd(t *testing.T) {
	t.Parallel()
	long := longError{errors.New(strings.Repeat("x", 1<<20))}
	attr := record.Reason(long)
	for name, value := range map[string]slog.Value{"as it is": attr.Value, "resolved": attr.Value.Resolve()} {
		err, ok := value.Any().(error)
		require.True(t, ok, name)
		var found longError
		require.ErrorAs(t, err, &found, name)
	}
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("ended", attr)
		assert.Less(t, out.Len(), 9<<10, name)
		assert.Contains(t, out.String(), "bytes left out", name)
	}
	assert.Nil(t, record.Reason(nil).Value.Any())
	short := errors.New("short")
	assert.Equal(t, short, record.Reason(short).Value.Resolve().Any(), "the very error")
}
