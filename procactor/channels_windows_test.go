package procactor

import (
	"os"
	"testing"
	"unsafe"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// isInheritable tells whether a child that inherits everything would get it.
func isInheritable(t *testing.T, h windows.Handle) bool {
	t.Helper()
	var flags uint32
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetHandleInformation").Call(uintptr(h), uintptr(unsafe.Pointer(&flags)))
	require.NotZero(t, ok, "%v", err)
	return flags&windows.HANDLE_FLAG_INHERIT != 0
}

// A worker's own ends are inherited by nothing that it starts.
func TestChannelsBecomeUninheritable(t *testing.T) {
	var handles [3]windows.Handle // which openChannels takes for its own
	self := windows.CurrentProcess()
	for i := range handles {
		f, err := os.Open(os.DevNull)
		require.NoError(t, err)
		defer f.Close() //nolint:errcheck // nothing was written
		require.NoError(t, windows.DuplicateHandle(self, windows.Handle(f.Fd()), self, &handles[i], 0, true, windows.DUPLICATE_SAME_ACCESS))
		require.True(t, isInheritable(t, handles[i]))
	}
	ch, err := openChannels(wire.Channels{Requests: uintptr(handles[0]), Replies: uintptr(handles[1]), Crash: uintptr(handles[2])})
	require.NoError(t, err)
	defer osproc.CloseAll(ch.in, ch.out, ch.crash)
	for _, h := range handles {
		assert.False(t, isInheritable(t, h))
	}
}
