package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/alone"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/table"
	"github.com/proctor-dev/proctor/procactor"
)

func TestExpectedFate(t *testing.T) {
	t.Parallel()
	died := alone.Fate{Status: "exit status 2", Text: "fatal error: x"}
	for _, kind := range []poison.Kind{poison.DeepNesting, poison.ConcurrentMap} {
		assert.NoError(t, expectFate(kind, died))
		assert.ErrorIs(t, expectFate(kind, alone.Fate{Running: true}), errNotShown)
		assert.ErrorIs(t, expectFate(kind, alone.Fate{Status: "exit status 0"}), errNotShown)
	}
	assert.NoError(t, expectFate(poison.Endless, alone.Fate{Running: true}))
	assert.ErrorIs(t, expectFate(poison.Endless, died), errNotShown)
	assert.ErrorIs(t, expectFate(poison.Endless, alone.Fate{Status: "exit status 0"}), errNotShown)
}

// Those that end by themselves are waited for, however busy the machine is.
func TestPatience(t *testing.T) {
	t.Parallel()
	for _, kind := range poison.Kinds() {
		if kind == poison.Endless {
			assert.Equal(t, patience, patienceWith(kind))
		} else {
			assert.GreaterOrEqual(t, patienceWith(kind), time.Minute, "%s", kind)
		}
	}
}

func TestExpectedError(t *testing.T) {
	t.Parallel()
	fatal := actor.Down{Reason: &procactor.ExitError{Code: 2, Panic: &actor.PanicError{Value: "fatal error: x"}}}
	silent := actor.Down{Reason: &procactor.ExitError{Code: 2}}
	deaths := func(downs ...actor.Down) error {
		return fmt.Errorf("call: %w", &procactor.PoisonError{Deaths: downs})
	}
	tests := []struct {
		name string
		kind poison.Kind
		err  error
		want bool
	}{
		{"three deaths", poison.DeepNesting, deaths(fatal, fatal, fatal), true},
		{"three deaths, one without its text", poison.DeepNesting, deaths(fatal, silent, fatal), false},
		{"two deaths", poison.ConcurrentMap, deaths(fatal, fatal), false},
		{"a deadline instead of deaths", poison.ConcurrentMap, context.DeadlineExceeded, false},
		{"another error", poison.ConcurrentMap, errors.New("other"), false},
		{"no error", poison.ConcurrentMap, nil, false},
		{"deadline", poison.Endless, &actor.CallError{Delivery: actor.Unknown, Err: context.DeadlineExceeded}, true},
		{"a deadline in the queue", poison.Endless, &actor.CallError{Delivery: actor.NotStarted, Err: context.DeadlineExceeded}, false},
		{"deaths instead of a deadline", poison.Endless, deaths(fatal, fatal, fatal), false},
		{"endless and no error", poison.Endless, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := expectError(tt.kind, tt.err)
			if tt.want {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, errNotShown)
		})
	}
}

// A difference is printed, and is an error, in both forms.
func TestShowFailsWhenTheTablesDiffer(t *testing.T) {
	t.Parallel()
	other := report.Run{Table: table.Fold(table.Table{}, analyze.Result{Path: "a.go"})}
	for _, asJSON := range []bool{false, true} {
		var same, different strings.Builder
		assert.NoError(t, show(report.New(1, other, other, other, nil, nil), asJSON, &same))
		assert.ErrorIs(t, show(report.New(1, report.Run{}, other, other, nil, nil), asJSON, &different), errDifferent)
		assert.NotEmpty(t, different.String())
		assert.NotEqual(t, same.String(), different.String())
	}
}
