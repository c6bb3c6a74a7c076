package policy

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/proctor-dev/proctor/internal/plainfile"
)

// Options are for Load. The zero Options are good.
type Options struct {
	// Env gives the variables that the file's texts may use; nil means
	// os.LookupEnv.
	Env func(name string) (value string, set bool)
}

// File is a policy that was read and found to be good. It does not change, and
// can be used by several goroutines. The zero File has a supervisor without
// children.
type File struct {
	name string
	raw  rawFile
}

// top is the supervisor at the root.
func (f *File) top() got[*rawSupervisor] {
	top := f.raw.supervisor
	if top.v == nil {
		top.v = &rawSupervisor{}
	}
	return top
}

// Load reads the file at path. A name that ends in .json is JSON, any other
// YAML. The error is [Errors]: all mistakes there are. It waits for nobody: what
// is no file, such as a pipe with a name, is a mistake. /dev/stdin and the like,
// which this process was given, may be pipes.
func Load(path string, opts Options) (*File, error) {
	data, err := plainfile.Read(path, maxBytes)
	switch {
	case errors.Is(err, plainfile.ErrTooLarge):
		return nil, Errors{{File: path, Line: 1, Column: 1, Err: err, Problem: tooLarge, Hint: useLess}}
	case err != nil:
		return nil, Errors{unreadable(path, err)}
	}
	return Parse(path, data, opts.Env)
}

// Parse is [Load] for what was already read. name is for the errors, and says
// by its ending what it is. A nil env means os.LookupEnv.
func Parse(name string, data []byte, env func(string) (string, bool)) (*File, error) {
	if env == nil {
		env = os.LookupEnv
	}
	b := &builder{file: name}
	root := b.parse(data)
	if root == nil || b.cut {
		return nil, b.errs.sorted()
	}
	d := &decoder{builder: b, grammar: newGrammar(), env: env}
	f, _ := d.grammar.file.read(d, root, "file")
	if f != nil && f.supervisor.v != nil {
		d.check(f.supervisor.v, "file.supervisor")
	}
	if err := b.errs.sorted(); err != nil {
		return nil, err
	}
	return &File{name, *f}, nil
}

// What is said of a file over maxBytes.
const (
	tooLarge = "the file is too large"
	useLess  = "use at most 1 MiB, or several files"
)

// parse returns the root, or nil when there is an error.
func (b *builder) parse(data []byte) *node {
	if len(data) > maxBytes {
		b.fail(pos{1, 1}, tooLarge, useLess)
		return nil
	}
	if !utf8.Valid(data) {
		b.fail(posOf(data, invalidAt(data)), "this is no UTF-8", "save the file as UTF-8")
		return nil
	}
	if strings.HasSuffix(strings.ToLower(b.file), ".json") {
		return b.parseJSON(bytes.TrimPrefix(data, []byte("\ufeff"))) // the YAML parser does so, too
	}
	return b.parseYAML(data)
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// unreadable says why there is nothing to parse.
func unreadable(path string, err error) *Error {
	e := &Error{File: path, Line: 1, Column: 1, Err: err}
	var at *fs.PathError
	errors.As(err, &at)
	var kind *plainfile.KindError
	switch {
	case errors.As(err, &kind):
		e.Problem, e.Hint = "this is "+kind.Is, "name a file"
	case errors.Is(err, fs.ErrNotExist):
		e.Problem, e.Hint = "there is no such file", "check the name and the directory"
	case errors.Is(err, fs.ErrPermission):
		e.Problem, e.Hint = "the file must not be read", "give this user the right to read it"
	default:
		e.Problem, e.Hint = "the file cannot be read: "+err.Error(), "check it"
		if at != nil {
			e.Problem = "the file cannot be read: " + at.Err.Error()
		}
	}
	return e
}
