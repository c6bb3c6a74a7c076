package backlog_test

import (
	"iter"
	"runtime"
	"sync"
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
	b := backlog.New(4, func(items iter.Seq[string], n int) {
		for item := range items {
			if item == "first" {
				close(began)
				<-goOn
			}
			got = append(got, item)
		}
		lost += n
	})
	b.Drain(nil) // there is nothing to wait for
	b.Add("first", 2, 1)
	<-began // it has its room until it is handed on
	b.Add("second", 1, 10)
	b.Add("too large", 2, 100)
	b.Add("third", 1, 1000)
	over := make(chan struct{})
	close(over)
	b.Drain(over) // does not wait for whoever is slow
	close(goOn)
	b.Drain(nil)
	assert.Equal(t, []string{"first", "second", "third"}, got)
	assert.Equal(t, 100, lost)
	b.Add("last", 4, 1)
	b.Drain(nil)
	assert.Equal(t, "last", got[3], "it begins again")
}

// Of a batch that is being handed on the rest has its room, too: what is kept in
// all is never more than the room.
func TestBacklogHasRoomForWhatIsBeingHandedOn(t *testing.T) {
	defer goleak.VerifyNone(t)
	began, goOn := make(chan struct{}), make(chan struct{})
	ready := make(chan struct{})
	var once sync.Once
	got, lost := 0, 0
	b := backlog.New(4, func(items iter.Seq[int], n int) {
		<-ready // until there is a batch
		for range items {
			once.Do(func() {
				close(began)
				<-goOn
			})
			got++
		}
		lost += n
	})
	for range 4 {
		b.Add(0, 1, 1)
	}
	close(ready)
	<-began
	for range 10 {
		b.Add(0, 1, 1)
	}
	close(goOn)
	b.Drain(nil)
	assert.Equal(t, 4, got)
	assert.Equal(t, 10, lost)
}

// What a hand that ends its goroutine has not asked for is handed on later.
func TestBacklogOfAHandThatGoes(t *testing.T) {
	defer goleak.VerifyNone(t)
	var got []int
	b := backlog.New(4, func(items iter.Seq[int], _ int) {
		for item := range items {
			got = append(got, item)
			if item == 1 {
				runtime.Goexit()
			}
		}
	})
	for i := range 4 {
		b.Add(i, 1, 1)
	}
	b.Drain(nil)
	assert.Equal(t, []int{0, 1, 2, 3}, got)
	b.Add(4, 4, 1)
	b.Drain(nil)
	assert.Equal(t, 4, got[4], "the room is there again")
}
