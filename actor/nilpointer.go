package actor

import (
	"fmt"
	"reflect"
)

// NilPointerError stands for an error that is a nil pointer, which a function
// returned by mistake: it is not nil, so that it tells of a failure, and its
// methods would panic wherever they are asked.
type NilPointerError struct {
	Type string // such as "*fs.PathError"
}

// Error names the type and the mend.
func (e *NilPointerError) Error() string {
	return "the error is a nil " + e.Type + ": return nil itself for success"
}

// nilPointer is what stands for err; nil when it is no nil pointer.
func nilPointer(err error) *NilPointerError {
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return &NilPointerError{fmt.Sprintf("%T", err)}
	}
	return nil
}
