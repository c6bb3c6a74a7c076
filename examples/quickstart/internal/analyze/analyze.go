package analyze

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
)

// MaxStack is the limit of one goroutine's stack, in bytes, under which the
// quickstart analyzes: each of its processes sets it by debug.SetMaxStack
// before anything else. It is far more than any written file needs.
const MaxStack = 16 << 20

// Func is the task function: the same one runs in a worker process, in a
// child of its own and in a goroutine of the program itself.
type Func func(ctx context.Context, in Request) (Result, error)

// New returns the task function. Attempt tells which attempt at its request a
// call is, from 1; nil: every call is the first.
//
// The function may be called from many goroutines. Its error is a
// [*ParseError]. It does not look at the end of its context, as code that was not
// written for it: an endless input is so also where its call is over before a
// busy machine lets it begin.
func New(attempt func(context.Context) int) Func {
	return func(ctx context.Context, in Request) (Result, error) {
		if in.Crash && (attempt == nil || attempt(ctx) <= 1) {
			segfault()
		}
		src, err := os.ReadFile(filepath.Join(in.Src, filepath.FromSlash(in.Path)))
		if err != nil {
			return Result{}, &ParseError{File: in.Path, Msg: err.Error()}
		}
		return analyze(in.Path, src)
	}
}

// analyze measures the file called path, whose content is src.
func analyze(path string, src []byte) (Result, error) {
	fset := token.NewFileSet()
	// Comments and objects are not looked at, so they are not built.
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return Result{}, newParseError(path, src, err)
	}
	madeBugs(src, file)
	return Result{
		Path:      path,
		Lines:     bytes.Count(src, []byte{'\n'}),
		Functions: measure(fset, file),
	}, nil
}
