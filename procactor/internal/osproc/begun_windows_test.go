package osproc

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// asInherited is the number by which a worker gets the file.
func asInherited(t *testing.T, f *os.File) uintptr {
	t.Helper()
	var h windows.Handle
	self := windows.CurrentProcess()
	require.NoError(t, windows.DuplicateHandle(self, windows.Handle(f.Fd()), self, &h, 0, false, windows.DUPLICATE_SAME_ACCESS))
	return uintptr(h)
}
