package supervise

import (
	"fmt"
	"reflect"

	"github.com/proctor-dev/proctor/actor"
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

// bearable returns err, or what stands for it when it is a nil pointer, or when
// its methods panic because of another one in it.
func bearable(err error) error { return actor.Sound(noNilPointer(err)) }

func noNilPointer(err error) error {
	if err == nil {
		return nil
	}
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return &NilPointerError{fmt.Sprintf("%T", err)}
	}
	return err
}
