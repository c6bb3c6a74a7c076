package supervise

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumbersAreBounded(t *testing.T) {
	var n numbers
	n.keep("none", instances{})
	assert.Empty(t, n.byPath)
	for i := range mostPaths + 10 {
		path := fmt.Sprint("top/", i)
		n.keep(path, instances{last: i + 1})
		assert.Equal(t, i+1, n.at(path).last)
	}
	assert.Len(t, n.byPath, mostPaths)
	for path := range n.byPath {
		n.keep(path, instances{last: 7})
		assert.Equal(t, 7, n.at(path).last)
		break
	}
	assert.Len(t, n.byPath, mostPaths, "one that is known takes nobody's place")
}
