package policy_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever moves is not there twice: it could not have its port twice.
func TestApplyMoves(t *testing.T) {
	const (
		late  = `supervisor: {children: [{id: s, supervisor: {}}, {id: a, command: [a]}, {id: w, supervisor: {children: [{id: x, command: [x]}]}}]}`
		early = `supervisor: {children: [{id: s, supervisor: {children: [{id: n, supervisor: {children: [{id: x, command: [x]}]}}]}}, {id: a, command: [a]}, {id: w, supervisor: {}}]}`
	)
	synctest.Test(t, func(t *testing.T) {
		r := running(t, late)
		require.NoError(t, r.apply(t, early))
		assert.Equal(t, "-w/x:x, +s/n/x:x", r.Take())
		require.NoError(t, r.apply(t, late))
		assert.Equal(t, "-s/n/x:x, +w/x:x", r.Take())
	})
}
