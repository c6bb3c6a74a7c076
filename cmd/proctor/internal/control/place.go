package control

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
)

// nameOf is what the socket of the tree in a file is called: after the file,
// for people, and after its absolute path, for the one that is meant.
func nameOf(file string) (string, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		abs = target
	}
	base := strings.TrimSuffix(filepath.Base(abs), filepath.Ext(abs))
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, base)
	const longest = 32 // a socket's path has 108 bytes, of which most are the directory's
	sum := sha256.Sum256([]byte(abs))
	return base[:min(len(base), longest)] + "-" + hex.EncodeToString(sum[:6]), nil
}
