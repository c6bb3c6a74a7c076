package procactor

import (
	"testing"

	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
)

func TestReadBootstrap(t *testing.T) {
	t.Parallel()
	ok := map[string]string{wire.EnvVersion: "1.0", channelsVariable: "3,4,5", wire.EnvDepth: "2"}
	tests := []struct {
		name     string
		change   map[string]string // an empty value takes the variable away
		want     bootstrap
		isWorker bool
		fails    bool
	}{
		{"a worker", nil, bootstrap{channels: wire.Channels{Requests: 3, Replies: 4, Crash: 5}, depth: 2}, true, false},
		{"a socket", map[string]string{channelsVariable: "7,7,9"}, bootstrap{channels: wire.Channels{Requests: 7, Replies: 7, Crash: 9}, depth: 2}, true, false},
		{"no worker", map[string]string{wire.EnvVersion: ""}, bootstrap{}, false, false},
		{"later minor", map[string]string{wire.EnvVersion: "1.9"}, bootstrap{channels: wire.Channels{Requests: 3, Replies: 4, Crash: 5}, depth: 2}, true, false},
		{"other major", map[string]string{wire.EnvVersion: "2.0"}, bootstrap{depth: 2}, true, true},
		{"no version", map[string]string{wire.EnvVersion: "one"}, bootstrap{depth: 2}, true, true},
		{"no channels", map[string]string{channelsVariable: ""}, bootstrap{depth: 2}, true, true},
		{"two channels", map[string]string{channelsVariable: "3,4"}, bootstrap{depth: 2}, true, true},
		{"negative", map[string]string{channelsVariable: "-3,4,5"}, bootstrap{depth: 2}, true, true},
		{"no depth", map[string]string{wire.EnvDepth: ""}, bootstrap{channels: wire.Channels{Requests: 3, Replies: 4, Crash: 5}}, true, false},
		{"depth of nonsense", map[string]string{wire.EnvDepth: "-1"}, bootstrap{channels: wire.Channels{Requests: 3, Replies: 4, Crash: 5}}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, isWorker, err := readBootstrap(func(key string) (string, bool) {
				v, there := tt.change[key]
				if !there {
					v = ok[key]
				}
				return v, v != ""
			})
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.isWorker, isWorker)
			assert.Equal(t, tt.fails, err != nil, "%v", err)
		})
	}
}
