package actor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor"
)

func TestPIDAsText(t *testing.T) {
	for _, tt := range []struct {
		pid  actor.PID
		want string
	}{
		{actor.PID{}, "none"},
		{actor.PID{Name: "none"}, "%6Eone"},
		{actor.PID{Name: "top/w#3", Incarnation: 7}, "top/w#3@7"},
		{actor.PID{Name: "a:b@1"}, "a%3Ab%401"},
		{actor.PID{Node: "127.0.0.1:80", Name: "w", Incarnation: 1}, "127.0.0.1:80:w@1"},
	} {
		text, err := tt.pid.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, tt.want, string(text))
		var back actor.PID
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, tt.pid, back)
	}
	for _, bad := range []string{"w@", "w@x", "w@1@2", "%zz", "w@-1"} {
		pid := actor.PID{Name: "before"}
		require.Error(t, pid.UnmarshalText([]byte(bad)), bad)
		assert.Zero(t, pid)
	}
}

func TestPIDComesBackFromText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pid := actor.PID{
			Node: rapid.String().Draw(t, "node"), Name: rapid.String().Draw(t, "name"), Incarnation: rapid.Uint64().Draw(t, "incarnation"),
		}
		text, err := pid.MarshalText()
		require.NoError(t, err)
		var back actor.PID
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, pid, back)
	})
}

func FuzzPIDText(f *testing.F) {
	f.Add([]byte("top/w#3@7"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var pid actor.PID
		if pid.UnmarshalText(text) != nil {
			assert.Zero(t, pid)
			return
		}
		again, err := pid.MarshalText()
		require.NoError(t, err)
		var back actor.PID
		require.NoError(t, back.UnmarshalText(again))
		assert.Equal(t, pid, back)
	})
}
