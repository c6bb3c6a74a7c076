package internal_test

import "strings"

const module = "github.com/proctor-dev/proctor"

// A room is a row of the table of who may import whom.
type room struct {
	path    string   // of the package, below the module
	tree    bool     // the row is also that of the packages below path
	own     []string // packages of this module that it may import; "x/..." with all below
	outside []string // modules, or packages of them, that it may import
	anyOwn  bool     // all packages of this module: programs and public test kits
}

// rooms is that table. ARCHITECTURE.md draws it.
func rooms() []room {
	const (
		cbor  = "github.com/fxamacker/cbor/v2"
		cobra = "github.com/spf13/cobra"
		winio = "github.com/Microsoft/go-winio"
		proto = "github.com/asynkron/protoactor-go/actor"
		xsync = "golang.org/x/sync"
		xsys  = "golang.org/x/sys"
	)
	testing := []string{"github.com/stretchr/testify"}
	return []room{
		{path: ""}, // documentation only
		{path: "mailbox"},
		{path: "actor", own: []string{"mailbox", "internal/backlog", "internal/foreign", "internal/logrelay", "internal/record"}},
		{path: "actor/codec", outside: []string{cbor}},
		{path: "actor/targettest", own: []string{"actor"}, outside: testing},
		{path: "actor/protobridge", own: []string{"actor", "internal/record"}, outside: []string{proto}},
		{path: "supervise", own: []string{"actor", "mailbox", "internal/foreign", "internal/jsonkeys", "internal/record"}},
		{path: "supervise/policy", own: []string{"actor", "supervise", "internal/nearest", "internal/plainfile"}, outside: []string{"go.yaml.in/yaml/v3"}},
		{path: "supervise/policy/commands", own: []string{"actor", "procactor", "procactor/ready", "supervise", "supervise/policy"}},
		{path: "supervise/scenario", own: []string{"actor", "supervise"}},
		{
			path: "procactor",
			own: []string{
				"actor", "actor/codec", "mailbox", "supervise",
				"procactor/wire", "procactor/internal/...", "internal/backlog", "internal/descriptors", "internal/foreign", "internal/link", "internal/logrelay", "internal/record",
			},
			outside: []string{xsync, xsys},
		},
		{path: "procactor/wire"},
		{path: "procactor/ready"}, // links net/http, which procactor must not
		{path: "procactor/internal/byhand", own: []string{"actor/codec", "procactor/internal/osproc", "internal/jsonkeys", "internal/nearest"}, outside: []string{xsys}},
		{path: "procactor/internal/serve", own: []string{"actor", "procactor/wire", "internal/foreign", "internal/link"}},
		{
			path:    "procactor/internal/stdio",
			own:     []string{"actor", "procactor/internal/osproc", "procactor/wire", "internal/backlog", "internal/foreign", "internal/logrelay", "internal/record"},
			outside: []string{xsys},
		},
		{path: "procactor/internal/guardian", own: []string{"actor", "internal/record", "procactor/internal/osproc"}},
		{path: "procactor/internal/osproc", own: []string{"internal/descriptors"}, outside: []string{xsys}},
		{
			path:    "procactor/procactortest",
			own:     []string{"actor", "actor/codec", "mailbox", "supervise", "procactor", "procactor/wire"},
			outside: testing,
		},
		{path: "cmd", tree: true, anyOwn: true, outside: []string{cobra, winio, xsys}},
		{path: "examples", tree: true, anyOwn: true, outside: []string{xsync}},
		{path: "examples/hardened", anyOwn: true, outside: []string{xsys}}, // prctl and ptrace
		{path: "internal/long", anyOwn: true, outside: []string{xsys}},     // a program, and its own worker
		{path: "internal", tree: true},
		{path: "internal/descriptors", outside: []string{xsys}},
		{path: "internal/foreigncode", anyOwn: true}, // tests of all of it
		{path: "internal/link", own: []string{"actor", "procactor/wire"}},
		{path: "internal/logrelay", own: []string{"internal/record"}},
		{path: "internal/record/recordtest", own: []string{"internal/record"}},
		{path: "internal/askers", own: []string{"actor", "supervise"}},
		{path: "internal/mutants", outside: []string{xsync}},
		{path: "internal/otp", tree: true, own: []string{"supervise", "supervise/scenario", "internal/otp/..."}},
		{path: "internal/wine", tree: true, outside: []string{xsys}},
	}
}

// testModules are what tests may import beside what their package may.
func testModules() []string {
	return []string{
		"github.com/stretchr/testify",
		"github.com/google/go-cmp",
		"github.com/santhosh-tekuri/jsonschema/v6",
		"go.uber.org/goleak",
		"pgregory.net/rapid",
	}
}

// roomOf finds the row of an import path of this module: the longest that
// matches.
func roomOf(path string) (room, bool) {
	rel := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	var best room
	found := false
	for _, r := range rooms() {
		fits := rel == r.path || r.tree && strings.HasPrefix(rel, r.path+"/")
		if fits && len(r.path) >= len(best.path) {
			best, found = r, true
		}
	}
	return best, found
}

// mayImport reports whether code of this room may import path.
func (r room) mayImport(path string) bool {
	rel, own := strings.CutPrefix(path, module+"/")
	if !own {
		return isStd(path) || within(path, r.outside)
	}
	for _, allowed := range r.own {
		tree, isTree := strings.CutSuffix(allowed, "/...")
		if rel == tree || isTree && strings.HasPrefix(rel, tree+"/") {
			return true
		}
	}
	return r.anyOwn
}

// within reports whether path is one of, or below one of, prefixes.
func within(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

// isStd goes by the rule that cmd/go follows: the first element of a path
// outside the standard library has a dot.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
