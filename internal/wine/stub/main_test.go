package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// That Go programs start with it is seen in each run under Wine; here, that it
// is what its table says.
func TestLibrary(t *testing.T) {
	t.Parallel()
	text := library("some.dll", "Function", "other.Elsewhere")
	assert.Len(t, text, 2*fileUnit)
	file, err := pe.NewFile(bytes.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, uint16(pe.IMAGE_FILE_MACHINE_AMD64), file.Machine)
	assert.NotZero(t, file.Characteristics&pe.IMAGE_FILE_DLL)
	header, ok := file.OptionalHeader.(*pe.OptionalHeader64)
	require.True(t, ok)
	assert.Equal(t, uint32(2*memoryUnit), header.SizeOfImage)
	require.Len(t, file.Sections, 1)
	table, err := file.Sections[0].Data()
	require.NoError(t, err)
	at := func(address uint32) uint32 { return binary.LittleEndian.Uint32(table[address-exports:]) }
	name := func(address uint32) string {
		rest := table[address-exports:]
		return string(rest[:bytes.IndexByte(rest, 0)])
	}
	dir := header.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_EXPORT]
	assert.Equal(t, uint32(exports), dir.VirtualAddress)
	assert.Equal(t, "some.dll", name(at(exports+12)))
	assert.Equal(t, uint32(1), at(exports+20), "functions")
	assert.Equal(t, uint32(1), at(exports+24), "names")
	forward := at(at(exports + 28))
	assert.Equal(t, "other.Elsewhere", name(forward))
	assert.Less(t, forward, dir.VirtualAddress+dir.Size, "within the table: it is no address of code")
	assert.Equal(t, "Function", name(at(at(exports+32))))
}
