package wire

import (
	"strconv"
	"strings"
)

// Version is a version of the protocol. Different majors cannot talk; of two
// minors the smaller is spoken.
type Version struct{ Major, Minor uint16 }

// Current returns the version that this package speaks.
func Current() Version { return Version{Major: 1, Minor: 1} }

// String returns v as "1.1", the form of the PROCTOR_WIRE variable.
func (v Version) String() string {
	return strconv.Itoa(int(v.Major)) + "." + strconv.Itoa(int(v.Minor))
}

// ParseVersion reads what [Version.String] writes.
func ParseVersion(s string) (Version, error) {
	major, minor, _ := strings.Cut(s, ".")
	a, errA := strconv.ParseUint(major, 10, 16)
	b, errB := strconv.ParseUint(minor, 10, 16)
	if errA != nil || errB != nil {
		return Version{}, &FormatError{Field: EnvVersion, Problem: ProblemNumber}
	}
	return Version{Major: uint16(a), Minor: uint16(b)}, nil
}

// Agree returns the version that ours and theirs both speak, or a
// [*VersionError] naming both when the majors differ.
func Agree(ours, theirs Version) (Version, error) {
	if ours.Major != theirs.Major {
		return Version{}, &VersionError{Ours: ours, Theirs: theirs}
	}
	return Version{Major: ours.Major, Minor: min(ours.Minor, theirs.Minor)}, nil
}
