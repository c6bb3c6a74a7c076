package procactor

// redactedError is an error whose text may be shown. What it wraps is as it was,
// for programs.
type redactedError struct {
	text string
	err  error
}

// redacted is err with the text that redact makes of its own; redact may be nil.
func redacted(redact func(string) string, err error) error {
	if redact == nil || err == nil {
		return err
	}
	plain := err.Error()
	text := redact(plain)
	if text == plain {
		return err
	}
	return &redactedError{text, err}
}

// Error returns the text that may be shown.
func (e *redactedError) Error() string { return e.text }

// Unwrap returns the error as it was.
func (e *redactedError) Unwrap() error { return e.err }
