package commands

import "github.com/proctor-dev/proctor/supervise/policy"

// discreetError is an error whose text has the names of variables in the place
// of what came from them. What it wraps is for programs, and knows the values.
type discreetError struct {
	text string
	err  error
}

// discreet is err as it may be logged.
func discreet(c policy.Command, err error) error {
	if err == nil {
		return nil
	}
	text := c.Hide(err.Error())
	if text == err.Error() {
		return err
	}
	return &discreetError{text, err}
}

// Error tells no value of a variable.
func (e *discreetError) Error() string { return e.text }

// Unwrap returns the error as it was.
func (e *discreetError) Unwrap() error { return e.err }
