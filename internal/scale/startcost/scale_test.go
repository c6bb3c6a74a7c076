package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestScaleFor(t *testing.T) {
	for cost, want := range map[time.Duration]int{
		0: 20, time.Millisecond: 20, 10 * time.Millisecond: 20, 11 * time.Millisecond: 18, 20 * time.Millisecond: 10,
		40 * time.Millisecond: 5, 150 * time.Millisecond: 1, time.Second: 1,
	} {
		assert.Equal(t, want, scaleFor(cost), "%v", cost)
	}
}
