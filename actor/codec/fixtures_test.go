package codec_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"
)

// order is a value with one of everything that requests are made of.
type order struct {
	ID     uint64
	Name   string
	Parts  []part
	Tags   map[string]int
	Body   []byte
	Weight float64
	Next   *order
	At     time.Time
	Done   bool `cbor:"done,omitempty" json:"done,omitempty"`
}

type part struct {
	SKU   string
	Count int
}

func drawOrder(t *rapid.T) order {
	o := order{
		ID:     rapid.Uint64().Draw(t, "id"),
		Name:   rapid.String().Draw(t, "name"),
		Tags:   rapid.MapOfN(rapid.String(), rapid.Int(), 1, 5).Draw(t, "tags"),
		Body:   rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "body"),
		Weight: rapid.Float64().Draw(t, "weight"),
		At:     time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Done:   rapid.Bool().Draw(t, "done"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "parts") {
		o.Parts = append(o.Parts, part{rapid.String().Draw(t, "sku"), rapid.Int().Draw(t, "count")})
	}
	if rapid.Bool().Draw(t, "next") {
		o.Next = &order{Name: rapid.String().Draw(t, "next name")}
	}
	return o
}

// message is the sealed interface of an account actor.
type message interface{ message() }

type (
	deposit  struct{ Cents int64 }
	withdraw struct {
		Cents int64
		Note  string
	}
	balance struct{}
)

func (deposit) message()   {}
func (*withdraw) message() {}
func (balance) message()   {}

// shortage is a typed error of a task.
type shortage struct {
	Have, Want int64
}

func (e *shortage) Error() string { return fmt.Sprintf("have %d, want %d", e.Have, e.Want) }
