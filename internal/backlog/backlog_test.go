package backlog_test

import (
	"testing"

	"github.com/proctor-dev/proctor/internal/backlog"
	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"
)

func TestBacklog(t *testing.T) {
	defer goleak.VerifyNone(t)
	began, goOn := make(chan struct{}), make(chan struct{})
	var got []string
	lost := 0
	b := backlog.New(4, func(items []string, n int) {
		if items[0] == "first" {
			close(began)
			<-goOn
		}
		got = append(got, items...)
		lost += n
	})
	b.Drain(nil) // there is nothing to wait for
	b.Add("first", 4, 1)
	<-began
	b.Add("second", 3, 10)
	b.Add("too large", 2, 100)
	b.Add("third", 1, 1000)
	over := make(chan struct{})
	close(over)
	b.Drain(over) // does not wait for who is slow
	close(goOn)
	b.Drain(nil)
	assert.Equal(t, []string{"first", "second", "third"}, got)
	assert.Equal(t, 100, lost)
	b.Add("last", 4, 1)
	b.Drain(nil)
	assert.Equal(t, "last", got[3], "it begins again")
}
