package procactor_test

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// childProcesses returns the children of this process that have not ended.
func childProcesses() []string {
	var left []string
	for pid, entry := range processEntries() {
		if entry.ParentProcessID == uint32(os.Getpid()) && !isGone(int(pid)) {
			left = append(left, fmt.Sprintf("%d (%s)", pid, windows.UTF16ToString(entry.ExeFile[:])))
		}
	}
	return left
}

// processEntries are all processes of a snapshot, by their ids.
func processEntries() map[uint32]windows.ProcessEntry32 {
	entries := map[uint32]windows.ProcessEntry32{}
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return entries
	}
	defer windows.CloseHandle(snapshot) //nolint:errcheck // nothing to do about it
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		entries[entry.ProcessID] = entry
	}
	return entries
}
