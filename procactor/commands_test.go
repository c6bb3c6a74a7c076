package procactor

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommandsAreChecked(t *testing.T) {
	tests := map[string]struct {
		is   Commands
		want string // what the error begins with; empty: there is none
	}{
		"zero":                    {Commands{}, ""},
		"all":                     {Commands{Limit: 7, Grace: time.Second, MaxBody: wire.MinBody, Mailbox: mailbox.Config{Capacity: 1}}, ""},
		"a negative limit":        {Commands{Limit: -1}, "Commands.Limit is -1; use 0 for GOMAXPROCS"},
		"a negative grace":        {Commands{Grace: -time.Second}, "Commands.Grace is -1s; use 0 for 10s"},
		"too small a body":        {Commands{MaxBody: 1}, "Commands.MaxBody is too small"},
		"a negative age":          {Commands{Quarantine: Quarantine{Age: -1}}, "Commands.Quarantine.Age is -1ns; use 0 for 1h0m0s"},
		"no limit of hangs":       {Commands{Quarantine: Quarantine{Hangs: NoHangLimit}}, ""},
		"less than none of hangs": {Commands{Quarantine: Quarantine{Hangs: NoHangLimit - 1}}, "Commands.Quarantine.Hangs is -2; use 0 for 3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.is.checked()
			if tt.want == "" {
				require.NoError(t, err)
				assert.Positive(t, got.Limit)
				return
			}
			var wrong *WorkerError
			require.ErrorAs(t, err, &wrong)
			field, _, _ := strings.Cut(strings.TrimPrefix(tt.want, "Commands."), " ")
			assert.Equal(t, field, wrong.Field)
			assert.True(t, strings.HasPrefix(err.Error(), tt.want), "%v", err)
		})
	}
}

func TestCommandsAreFilledIn(t *testing.T) {
	zero, err := Commands{}.checked()
	require.NoError(t, err)
	assert.Equal(t, Commands{Limit: runtime.GOMAXPROCS(0), Grace: defaultGrace, MaxBody: wire.Limits{}.OrDefault().MaxBody}, zero)

	own := Commands{
		Limit: 3, Env: []string{"A=b"}, Dir: "below", Grace: time.Minute, MaxBody: 1 << 20,
		Mailbox: mailbox.Config{Capacity: 5}, Quarantine: Quarantine{Age: time.Hour, Hangs: 4},
	}
	got, err := own.checked()
	require.NoError(t, err)
	assert.Equal(t, own, got, "what is said is kept")

	var out strings.Builder
	own.Stdout, own.Stderr = &out, &out
	got, err = own.checked()
	require.NoError(t, err)
	assert.NotEqual(t, own.Stdout, got.Stdout, "it has a lock")
	assert.Same(t, got.Stdout, got.Stderr, "one for both")
	_, err = io.WriteString(got.Stderr, "x")
	require.NoError(t, err)
	assert.Equal(t, "x", out.String())
}
