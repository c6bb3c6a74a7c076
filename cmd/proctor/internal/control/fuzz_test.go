package control_test

import (
	"encoding/json"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzParseRequest(f *testing.F) {
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := control.ParseRequest(line)
		if err != nil {
			var told *control.Error
			require.ErrorAs(t, err, &told)
			assert.Less(t, len(told.Message), 1000)
			return
		}
		again, err := json.Marshal(r)
		require.NoError(t, err)
		same, err := control.ParseRequest(again)
		require.NoError(t, err)
		assert.Equal(t, r, same)
	})
}

func FuzzParseReply(f *testing.F) {
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := control.ParseReply(line)
		if err != nil {
			return
		}
		again, err := json.Marshal(r)
		require.NoError(t, err)
		same, err := control.ParseReply(again)
		require.NoError(t, err)
		first, _ := json.Marshal(r)
		second, _ := json.Marshal(same)
		assert.Equal(t, string(first), string(second))
	})
}

func FuzzParseSignal(f *testing.F) {
	f.Fuzz(func(t *testing.T, name string) {
		sig, err := control.ParseSignal(name)
		if err == nil {
			assert.NotNil(t, sig)
			return
		}
		var told *control.Error
		require.ErrorAs(t, err, &told)
		assert.Less(t, len(told.Message), 400, "what a client sends is told in part")
	})
}
