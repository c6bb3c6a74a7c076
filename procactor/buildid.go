package procactor

import (
	"runtime/debug"
)

// buildID identifies this program's build for the handshake: module, version
// and revision, as far as the toolchain recorded them; empty when it did not.
func buildID() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	id := info.Path + "@" + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			id += "+" + s.Value
		}
	}
	if len(id) > 255 {
		id = id[:255]
	}
	return id
}
