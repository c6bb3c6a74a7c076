package procactor

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a person may ask of a task must not make a worker's start dearer: it is
// one closure, and no reflection.
func TestCatalogAllocatesLittle(t *testing.T) {
	type in struct {
		Name  string
		Inner *in
		Count uint8
	}
	task := []MainOption{NewTask[in, map[string]*in]("task", nil)}
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { newCatalog(task) }), 7.0)
}
