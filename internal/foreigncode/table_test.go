package foreigncode_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

var update = flag.Bool("update", false, "write docs/foreign-code.md anew")

// hangGuard is how long a test waits for what must come: it is never measured.
const hangGuard = time.Minute

// The columns of the table.
const (
	panics = "panic"
	exits  = "Goexit"
	blocks = "block"
	isNil  = "nil"
)

func columns() []string { return []string{panics, exits, blocks, isNil} }

// row is one place where foreign code is called.
type row struct {
	place string
	names string            // of the exported API, separated by spaces
	says  map[string]string // what the documentation says of each column
	// run does it. harm is what the code does, nil in the column isNil.
	run func(t *testing.T, column string, harm func())
}

func rows() []row {
	var all []row
	for _, some := range [][]row{actorRows(), errorRows(), superviseRows(), workerRows(), callRows(), outputRows(), startRows()} {
		all = append(all, some...)
	}
	return all
}

func TestMain(m *testing.M) {
	playTool()
	procactor.Main(workerTasks()...)
	// Under the race detector a program waits a second before it exits.
	if err := os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0")); err != nil {
		panic(err)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "24"); err != nil { // most of them only wait
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// Guarantee(foreign): For every place where your code is called, a table says what happens when it panics, ends its goroutine, does not return or is nil; and so it happens.
func TestForeignCode(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.place, func(t *testing.T) {
			t.Parallel()
			for _, column := range columns() {
				t.Run(column, func(t *testing.T) {
					t.Parallel()
					require.NotEmpty(t, r.says[column])
					r.run(t, column, harm(t, column))
				})
			}
		})
	}
}

// harm is what foreign code does in the column.
func harm(t *testing.T, column string) func() {
	switch column {
	case panics:
		return func() { panic("of the user") }
	case exits:
		return runtime.Goexit
	case blocks:
		goOn := make(chan struct{})
		t.Cleanup(func() { close(goOn) })
		return func() { <-goOn }
	}
	return nil
}

const head = `# Code of yours that goes wrong

The library calls code of its user: functions, interfaces, and methods of errors and values. This page says for every such place
what happens when that code panics, ends its goroutine (` + "`runtime.Goexit`, as `t.FailNow`" + ` does), does not return, or is nil.
It is printed by the test that does each of them (` + "`go test ./internal/foreigncode -update`" + `), and another test
holds that no function or interface of the exported API is missing.

"The caller" is the goroutine that called the library: what its own code does there is its own, as anywhere in Go. Bounds are those
of the defaults.

| where | panic | Goexit | does not return | nil |
|---|---|---|---|---|
`

// The page is what the rows say.
func TestPage(t *testing.T) {
	var page bytes.Buffer
	page.WriteString(head)
	for _, r := range rows() {
		fmt.Fprintf(&page, "| %s |", r.place)
		for _, column := range columns() {
			fmt.Fprintf(&page, " %s |", r.says[column])
		}
		page.WriteString("\n")
	}
	path := filepath.Join("..", "..", "docs", "foreign-code.md")
	if *update {
		require.NoError(t, os.WriteFile(path, page.Bytes(), 0o600))
	}
	was, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, page.String(), strings.ReplaceAll(string(was), "\r\n", "\n"), "If the change is meant: go test ./internal/foreigncode -update")
}

// system is one that the test closes, with a log that nobody reads. What was
// abandoned, as the tests mean it to be, is no error.
func system(t *testing.T) *actor.System {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { closes(t, sys) })
	return sys
}

// closes holds that the system can be closed.
func closes(t *testing.T, sys *actor.System) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hangGuard)
	defer cancel()
	_ = sys.Close(ctx)
	require.NoError(t, ctx.Err(), "Close hangs")
}

// brief is a context that ends soon, for what waits as long as its caller lets it.
func brief(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// end is how a function ended that ran on a goroutine of its own.
type end struct {
	panicked any
	returned bool
	blocked  bool
}

// apart runs f as a caller's goroutine would, and waits for its end. One that is
// expected to block is not waited for for long.
func apart(t *testing.T, column string, f func()) end {
	t.Helper()
	done := make(chan end, 1)
	go func() {
		var e end
		defer func() {
			e.panicked = recover()
			done <- e
		}()
		f()
		e.returned = true
	}()
	patience := time.Minute
	if column == blocks {
		patience = 300 * time.Millisecond
	}
	select {
	case e := <-done:
		return e
	case <-time.After(patience):
		return end{blocked: true}
	}
}

// callers holds that what the code does happens to its caller.
func callers(t *testing.T, column string, f func()) {
	t.Helper()
	e := apart(t, column, f)
	switch column {
	case panics:
		assert.Equal(t, "of the user", e.panicked)
	case exits:
		assert.Equal(t, end{}, e)
	case blocks:
		assert.True(t, e.blocked)
	}
}
