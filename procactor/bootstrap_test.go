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

func FuzzParseCrash(f *testing.F) {
	f.Add([]byte("panic: boom\n\ngoroutine 1 [running]:\n"), []byte(""))
	f.Add([]byte("\ngoroutine 1 [running]:\n"), []byte("fatal error: stack overflow\n"))
	f.Add([]byte("SIGSEGV: segmentation violation\nPC=0x1\n"), []byte("\xff\n"))
	f.Fuzz(func(t *testing.T, crash, stderr []byte) {
		p, _ := crashOf(crash, stderr)
		if p == nil {
			return
		}
		value, ok := p.Value.(string)
		assert.True(t, ok)
		assert.LessOrEqual(t, len(value), 3*(8<<10), "the text is bounded")
		assert.NotEmpty(t, crash, "only a worker that crashed has one")
	})
}

func TestParseCrash(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"of a task", "proctor: call 7 of task \"square\" panicked\npanic: boom\n\ngoroutine 1 [running]:\n", "boom"},
		{"goexit", "panic: the task called runtime.Goexit\n\ngoroutine 1 [running]:\n", "the task called runtime.Goexit"},
		{"with its signal", "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4]\n", "runtime error: invalid memory address or nil pointer dereference"},
		{"of C", "SIGSEGV: segmentation violation\nPC=0x7f m=0 sigcode=1 addr=0x0\nsignal arrived during cgo execution\n\ngoroutine 1 [syscall]:\n", "SIGSEGV: segmentation violation"},
		{"quit", "SIGQUIT: quit\nPC=0x47 m=0 sigcode=0\n\ngoroutine 0 gp=0x1 m=0 [idle]:\n", "SIGQUIT: quit"},
		{"fatal", "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select (no cases)]:\n", "fatal error: all goroutines are asleep - deadlock!"},
		{"fault", "unexpected fault address 0x7f\nfatal error: fault\n[signal SIGBUS: bus error code=0x2 addr=0x7f pc=0x4]\n", "unexpected fault address 0x7f: fatal error: fault"},
		{"not UTF-8", "panic: \xff\n", "\uFFFD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := parseCrash([]byte(tt.text))
			if assert.NotNil(t, p) {
				assert.Equal(t, tt.want, p.Value)
			}
		})
	}
	assert.Nil(t, parseCrash([]byte("nothing of that sort\n")))
}
