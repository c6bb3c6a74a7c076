// Stub writes the one system library that Go programs need and Wine 8.0
// lacks, for tests under Wine only:
//
//	go run ./internal/wine/stub FILE
//
// Go takes its random numbers from ProcessPrng of bcryptprimitives.dll. The
// file has no code: its export table says that ProcessPrng is SystemFunction036
// of advapi32.dll, which fills a buffer with random bytes, too, and takes the
// same arguments in the same registers.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: stub FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], library("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "stub:", err)
		os.Exit(1)
	}
}

// The library is one page of headers and one of exports.
const (
	fileUnit   = 0x200 // to which parts of the file are aligned
	memoryUnit = 0x1000
	exports    = memoryUnit // where the export table is in memory
)

// library is a 64-bit library of that name which says that the function name is
// found elsewhere. The format is that of Microsoft's "PE Format".
func library(file, name, elsewhere string) []byte {
	table := exportTable(file, name, elsewhere)
	var b bytes.Buffer
	put := func(fields ...any) {
		for _, f := range fields {
			_ = binary.Write(&b, binary.LittleEndian, f) // a buffer takes all, and the fields have sizes
		}
	}
	const lfanew = 0x40
	put([2]byte{'M', 'Z'}, [lfanew - 6]byte{}, uint32(lfanew), [4]byte{'P', 'E'})
	const (
		amd64, sections, optionalHeader = 0x8664, 1, 240
		executable, largeAddress, dll   = 0x2, 0x20, 0x2000
	)
	put(uint16(amd64), uint16(sections), [3]uint32{}, uint16(optionalHeader), uint16(executable|largeAddress|dll))
	const (
		pe32plus, windowsGUI, nxCompatible = 0x20b, 2, 0x100
		base                               = uint64(0x180000000)
		directories                        = 16
	)
	put(uint16(pe32plus), [2]byte{}, uint32(0), uint32(fileUnit), uint32(0), uint32(0), uint32(exports)) // no code, no entry
	put(base, uint32(memoryUnit), uint32(fileUnit), [2]uint16{6, 0}, [2]uint16{}, [2]uint16{6, 0}, uint32(0))
	put(uint32(2*memoryUnit), uint32(fileUnit), uint32(0), uint16(windowsGUI), uint16(nxCompatible), [4]uint64{}, uint32(0), uint32(directories))
	put(uint32(exports), uint32(len(table)), [directories - 1][2]uint32{})
	const initialized, readable = 0x40, 0x40000000
	put([8]byte{'.', 'e', 'd', 'a', 't', 'a'}, uint32(len(table)), uint32(exports), uint32(fileUnit), uint32(fileUnit), [3]uint32{}, uint32(initialized|readable))
	put(make([]byte, fileUnit-b.Len()), table, make([]byte, fileUnit-len(table)))
	return b.Bytes()
}

// exportTable has one function, by name. That its address is within the table
// means that it is the text of where else to look.
func exportTable(file, name, elsewhere string) []byte {
	const address, nameAt, ordinal = exports + 40, exports + 44, exports + 48
	const texts = ordinal + 2
	fileAt := uint32(texts)
	functionAt := fileAt + uint32(len(file)) + 1
	elsewhereAt := functionAt + uint32(len(name)) + 1
	var b bytes.Buffer
	for _, f := range []any{
		[3]uint32{}, fileAt, uint32(1), uint32(1), uint32(1), uint32(address), uint32(nameAt), uint32(ordinal), // the directory
		elsewhereAt, functionAt, uint16(0), // one address, one name, and which address it has
		[]byte(file + "\x00" + name + "\x00" + elsewhere + "\x00"),
	} {
		_ = binary.Write(&b, binary.LittleEndian, f)
	}
	return b.Bytes()
}
