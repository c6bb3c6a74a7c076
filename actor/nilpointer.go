package actor

// NilPointerError stands for an error that is a nil pointer, or wraps one,
// which a function returned by mistake: it is not nil, so that it tells of a
// failure, and its methods would panic wherever they are asked.
type NilPointerError struct {
	Type string // such as "*fs.PathError"
	In   string // the text and type of the error that wraps it; empty when it is the error itself
}

// Error names the type and the hint.
func (e *NilPointerError) Error() string {
	if e.In != "" {
		return "the error " + e.In + " holds a nil " + e.Type + ": leave it out when it is nil"
	}
	return "the error is a nil " + e.Type + ": return nil itself for success"
}
