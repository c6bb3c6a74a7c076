package internal_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
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
	planned := []string{ // by later versions
		"procactor/internal", "procactor/procactortest", "procactor/transport",
	}
	list := goList(t, "linux", "./...")
	for _, r := range rooms() {
		stands := slices.ContainsFunc(list, func(p listed) bool {
			of, ok := roomOf(p.ImportPath)
			return ok && of.path == r.path
		})
		if !slices.Contains(planned, r.path) {
			assert.True(t, stands, "no package %s", r.path)
		}
	}
}

// Guarantee(restarts): The core of the code that makes a supervisor's decisions imports errors, fmt, slices and time only.
func TestMachineIsPure(t *testing.T) {
	t.Parallel()
	allowed := []string{"errors", "fmt", "slices", "time"}
	for _, name := range []string{
		"policy.go", "event.go", "machine.go", "backoff.go", "speccheck.go",
		"child.go", "group.go", "intensity.go", "operation.go", "report.go", "request.go", "restart.go", "start.go", "stop.go",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(root(t), "supervise", name)
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			require.NoError(t, err)
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				require.NoError(t, err)
				assert.Contains(t, allowed, imported)
			}
		})
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
