package supervise

import (
	"strings"

	"github.com/proctor-dev/proctor/actor"
)

// instanceMark is between a template's id and the number of an instance.
const instanceMark = "#"

// NameAt is the name under which a StartFunc fills its slot, made for the
// child id: id itself, or, in the slot of an instance of that template, the
// instance's own, such as "w#3". A child that was made without an id has that of
// the slot.
func NameAt(at *actor.Slot, id string) string {
	if template, _, ok := strings.Cut(at.ID(), instanceMark); id == "" || ok && template == id {
		return at.ID()
	}
	return id
}
