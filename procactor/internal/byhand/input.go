package byhand

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/internal/jsonkeys"
)

// InputError says where an input is not what its task takes.
type InputError struct {
	Source       string // "stdin", or the file's name; whoever read it fills it in
	Line, Column int    // from 1, in characters; 0 when the place is not known
	Problem      string
}

// Error has the place in front, as compilers do.
func (e *InputError) Error() string {
	if e.Line == 0 {
		return e.Source + ": " + e.Problem
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Source, e.Line, e.Column, e.Problem)
}

// at returns the error for the byte at the offset.
func at(input []byte, offset int, problem string) *InputError {
	offset = min(max(offset, 0), len(input))
	before := input[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &InputError{Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(before[start:]) + 1, Problem: problem}
}

// ParseJSON reads what a person wrote: by the rules of codec.JSON, and without
// fields that T does not have or that are there twice, since those are slips of
// the pen. An error is an *[InputError], without its Source.
func ParseJSON[T any](input []byte) (T, error) {
	var none T
	v, err := codec.JSON[T]().Parse(input)
	if err != nil {
		return none, locate(input, err)
	}
	strict := json.NewDecoder(bytes.NewReader(input))
	strict.DisallowUnknownFields()
	var again T
	if err := strict.Decode(&again); err != nil {
		return none, unknownField(input, err)
	}
	err = jsonkeys.Check(input, reflect.TypeFor[T](), jsonkeys.Lenience{Cased: true, Unknown: true})
	if twice, ok := errors.AsType[*jsonkeys.Error](err); ok {
		return none, at(input, twice.Offset, twice.Error())
	}
	return v, nil
}

// locate says where in the input the codec's error is.
func locate(input []byte, err error) *InputError {
	if value, ok := errors.AsType[*codec.ValueError](err); ok {
		err = value.Err
	}
	problem := strings.TrimPrefix(err.Error(), "json: ")
	if len(bytes.TrimSpace(input)) == 0 {
		return at(input, len(input), "the input is empty")
	}
	if errors.Is(err, codec.ErrNotUTF8) {
		return at(input, firstInvalid(input), problem)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if end, whole := firstValue(input); whole {
			return at(input, end, "one JSON value is expected, and more follows it")
		}
		if int(syntax.Offset) >= len(input) && !utf8.FullRune(input) || problem == "unexpected end of JSON input" {
			return at(input, len(input), problem)
		}
		return at(input, int(syntax.Offset)-1, problem)
	}
	if misfit, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		what := "a " + misfit.Value
		if strings.ContainsAny(misfit.Value[:1], "aeiou") {
			what = "an " + misfit.Value
		}
		problem = fmt.Sprintf("%s does not fit %v", what, misfit.Type)
		if misfit.Field != "" {
			problem = "field " + misfit.Field + ": " + problem
		}
		return at(input, tokenEndingAt(input, misfit.Offset), problem)
	}
	return &InputError{Problem: problem}
}

// firstInvalid is where the first byte is that is not UTF-8.
func firstInvalid(input []byte) int {
	i := 0
	for i < len(input) {
		r, size := utf8.DecodeRune(input[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// firstValue returns where what follows the first value begins; false when not
// even that is there.
func firstValue(input []byte) (next int, whole bool) {
	d := json.NewDecoder(bytes.NewReader(input))
	var value json.RawMessage
	if d.Decode(&value) != nil {
		return 0, false
	}
	next = int(d.InputOffset())
	return next + skip(input[next:]), true
}

// skip is how many bytes are between two tokens.
func skip(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " \t\r\n,:")) }

// tokenEndingAt returns where the token begins that ends at the offset, which
// is where encoding/json sees a value that does not fit.
func tokenEndingAt(input []byte, offset int64) int {
	d := json.NewDecoder(bytes.NewReader(input))
	for {
		last := int(d.InputOffset())
		if _, err := d.Token(); err != nil {
			return int(offset)
		}
		if d.InputOffset() >= offset {
			return last + skip(input[last:])
		}
	}
}

// unknownField finds the field that the type does not have; encoding/json
// names it, and nothing else.
func unknownField(input []byte, err error) *InputError {
	problem := strings.TrimPrefix(err.Error(), "json: ")
	_, quoted, _ := strings.Cut(problem, "unknown field ")
	name, quoteErr := strconv.Unquote(quoted)
	if quoteErr != nil {
		return &InputError{Problem: problem}
	}
	if where := keysNamed(input, name); len(where) == 1 {
		return at(input, where[0], problem)
	}
	return &InputError{Problem: problem} // which of them it is, nobody tells
}

// keysNamed returns where objects have a key of that name.
func keysNamed(input []byte, name string) (where []int) {
	d := json.NewDecoder(bytes.NewReader(input))
	type level struct{ object, value bool } // value: the next token is one
	stack := []level{{}}
	for {
		last := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			return where
		}
		top := &stack[len(stack)-1]
		key := top.object && !top.value
		if text, ok := token.(string); ok && key && text == name {
			where = append(where, last+skip(input[last:]))
		}
		top.value = key
		switch token {
		case json.Delim('{'):
			stack = append(stack, level{object: true})
		case json.Delim('['):
			stack = append(stack, level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
			stack[len(stack)-1].value = false
		}
	}
}

// JSONLine is a result as a person sees it: its JSON, and the end of the line.
func JSONLine[Out any](v Out) ([]byte, error) {
	line, err := codec.JSON[Out]().Append(nil, v)
	return append(line, '\n'), err
}
