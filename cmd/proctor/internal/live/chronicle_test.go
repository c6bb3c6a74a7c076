package live

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(c *chronicle, last int, follow bool) (texts []string) {
	for e := range c.events(context.Background(), last, follow) {
		texts = append(texts, e.Text)
	}
	return texts
}

func TestChronicle(t *testing.T) {
	t.Parallel()
	c := &chronicle{}
	assert.Empty(t, read(c, 10, false))
	for i := range 3000 {
		c.add(control.Event{Text: fmt.Sprint(i)})
	}
	assert.Equal(t, []string{"2998", "2999"}, read(c, 2, false))
	assert.Empty(t, read(c, 0, false))
	assert.Len(t, read(c, 5000, false), 1000, "it is bounded")

	following := c.events(t.Context(), 1, true)
	for i := range 2000 {
		c.add(control.Event{Text: fmt.Sprint("new ", i)})
	}
	c.close()
	var got []control.Event
	for e := range following {
		got = append(got, e)
	}
	require.Len(t, got, 1025, "nobody waits for who does not read")
	assert.Equal(t, "2999", got[0].Text)
	assert.Equal(t, "new 0", got[1].Text)
	assert.Equal(t, 2000-1023, got[1024].Lost)
	assert.Equal(t, []string{"new 1999"}, read(c, 1, true), "what has ended is told, and then the end")

	big := strings.Repeat("x", 300<<10)
	for range 10 {
		c.add(control.Event{Text: big})
	}
	assert.LessOrEqual(t, len(read(c, 5000, false)), 4, "and so is what it holds of texts")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range (&chronicle{}).events(ctx, 1, true) {
		assert.Fail(t, "there is nothing")
	}
}
