package internal_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhoMayImportWhom(t *testing.T) {
	t.Parallel()
	for _, goos := range systems() {
		t.Run(goos, func(t *testing.T) {
			t.Parallel()
			for _, p := range goList(t, goos, "./...") {
				r, ok := roomOf(p.ImportPath)
				if !assert.True(t, ok, "%s has no row in rooms(): decide what it may import", p.ImportPath) {
					continue
				}
				for _, path := range p.Imports {
					assert.True(t, r.mayImport(path), "%s must not import %s", p.ImportPath, path)
				}
				for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
					fine := isStd(path) || within(path, []string{module}) || within(path, testModules()) || r.mayImport(path)
					assert.True(t, fine, "a test of %s must not import %s", p.ImportPath, path)
				}
			}
		})
	}
}

// A row for a package that was renamed would hold nothing.
func TestEveryRoomStands(t *testing.T) {
	t.Parallel()
	list := goList(t, "linux", "./...")
	for _, r := range rooms() {
		stands := slices.ContainsFunc(list, func(p listed) bool {
			of, ok := roomOf(p.ImportPath)
			return ok && of.path == r.path
		})
		assert.True(t, stands, "no package %s", r.path)
	}
}

// Guarantee(guest): A program that starts workers links nothing beyond the standard library, x/sync, x/sys and the CBOR codec.
func TestWhatALibraryUserLinks(t *testing.T) {
	t.Parallel()
	allowed := []string{
		module,
		"golang.org/x/sync",
		"golang.org/x/sys",
		"github.com/fxamacker/cbor/v2",
		"github.com/x448/float16", // of cbor
	}
	heavy := []string{"asynkron/protoactor-go", "opentelemetry", "google.golang.org/grpc", "prometheus", "protobuf"}
	for _, goos := range systems() {
		t.Run(goos, func(t *testing.T) {
			t.Parallel()
			for _, p := range goList(t, goos, "-deps", "./mailbox", "./actor", "./actor/codec", "./supervise", "./procactor") {
				if p.Standard {
					continue
				}
				require.NotNil(t, p.Module, p.ImportPath)
				assert.Contains(t, allowed, p.Module.Path, "linked by way of %s", p.ImportPath)
				for _, h := range heavy {
					assert.NotContains(t, p.ImportPath, h)
				}
			}
		})
	}
}

func TestMayImport(t *testing.T) {
	t.Parallel()
	r := room{own: []string{"actor", "procactor/transport/..."}, outside: []string{"golang.org/x/sys"}}
	for path, want := range map[string]bool{
		"fmt":                               true,
		"encoding/json":                     true,
		"golang.org/x/sys":                  true,
		"golang.org/x/sys/unix":             true,
		"golang.org/x/system":               false,
		"github.com/stretchr/testify":       false,
		module + "/actor":                   true,
		module + "/actor/codec":             false,
		module + "/procactor/transport":     true,
		module + "/procactor/transport/tls": true,
		module + "/procactor/transporter":   false,
		module + "/procactor":               false,
	} {
		assert.Equal(t, want, r.mayImport(path), path)
	}
}
