package procactor

import "github.com/proctor-dev/proctor/internal/foreign"

// redactedError is an error whose text may be shown. What it wraps is as it was,
// for programs.
type redactedError struct {
	text string
	err  error
}

// withheld is the text of an error whose Redact panicked, ended its goroutine or
// did not return within five seconds. What was panicked with may have come from the
// text, so it is not shown either.
const withheld = "an error that is not shown, since Redact panicked"

// redacted is err with the text that redact makes of its own; redact may be nil.
func redacted(redact func(string) string, err error) error {
	if redact == nil || err == nil {
		return err
	}
	plain := foreign.Text(err)
	text := shownBy(redact, plain)
	if text == plain {
		return err
	}
	return &redactedError{text, err}
}

// shownBy is what redact makes of the text, or withheld.
func shownBy(redact func(string) string, plain string) string {
	text, fault := foreign.Apart(func() string { return redact(plain) })
	if fault != nil {
		return withheld
	}
	return text
}

// Error returns the text that may be shown.
func (e *redactedError) Error() string { return e.text }

// Unwrap returns the error as it was.
func (e *redactedError) Unwrap() error { return e.err }
