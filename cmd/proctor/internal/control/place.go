package control

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"path/filepath"
	"strings"
)

// Places are the addresses at which the tree in a file listens, unless it is
// told one, and where it is found.
type Places struct {
	// Name is for the name that the tree is run by. It stays the same when a
	// link on the way to the file is led elsewhere, as those of Kubernetes' are.
	Name string
	// File is for the file itself, by whatever name it is called.
	File string
}

// PlacesOf returns where the tree in a file listens unless it is told.
func PlacesOf(file string) (Places, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return Places{}, err
	}
	target := abs
	if t, err := filepath.EvalSymlinks(abs); err == nil {
		target = t
	}
	if strings.HasPrefix(abs, "/dev/") || strings.HasPrefix(abs, "/proc/") { // such as /dev/stdin: another file to each process
		abs = target
	}
	return placesFor(nameOf(abs), nameOf(target))
}

// ListenAt listens at both places, or, with an error, at none. That one of them
// is another's is [ErrTaken]: it runs the same file, or a file by that name.
func ListenAt(p Places) ([]net.Listener, error) {
	file, err := Listen(p.File)
	if err != nil {
		return nil, err
	}
	name, err := Listen(p.Name)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return []net.Listener{file, name}, nil
}

// nameOf is what a socket is called: after the file, for people, and after its
// absolute path, for the one that is meant.
func nameOf(abs string) string {
	base := strings.TrimSuffix(filepath.Base(abs), filepath.Ext(abs))
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, base)
	const longest = 32 // a socket's path has 108 bytes, of which most are the directory's
	sum := sha256.Sum256([]byte(abs))
	return base[:min(len(base), longest)] + "-" + hex.EncodeToString(sum[:6])
}
