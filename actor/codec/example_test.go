package codec_test

import (
	"errors"
	"fmt"
	"io"

	"github.com/proctor-dev/proctor/actor/codec"
)

type Point struct {
	X, Y int
}

func ExampleCBOR() {
	points := codec.CBOR[Point]()
	b, err := points.Append(nil, Point{X: 1, Y: -2})
	fmt.Printf("% x %v\n", b, err)
	p, err := points.Parse(b)
	fmt.Println(p, err)
	// Output:
	// a2 61 58 01 61 59 21 <nil>
	// {1 -2} <nil>
}

func ExampleJSON() {
	points := codec.JSON[Point]()
	b, err := points.Append([]byte("point: "), Point{X: 1, Y: -2})
	fmt.Println(string(b), err)
	_, err = points.Parse([]byte(`{"X":1}{"X":2}`))
	fmt.Println(err)
	// Output:
	// point: {"X":1,"Y":-2} <nil>
	// codec: json parse codec_test.Point: invalid character '{' after top-level value
}

func ExampleRaw() {
	b, err := codec.Raw().Append(nil, []byte("as it is"))
	fmt.Println(string(b), err)
	// Output: as it is <nil>
}

func ExampleRawString() {
	line, err := codec.RawString().Parse([]byte("caf\xe9")) // Latin-1, so not UTF-8
	fmt.Printf("%q %v\n", line, err)
	// Output: "caf\xe9" <nil>
}

func ExampleDefault() {
	fmt.Println(codec.Name(codec.Default[Point]()))
	// Output: cbor
}

func ExampleName() {
	fmt.Println(codec.Name(codec.Raw()), codec.Name(codec.JSON[Point]()))
	// Output: raw json
}

// Shape is sealed: only this package has kinds of it.
type Shape interface{ shape() }

type (
	Circle struct{ Radius int }
	Square struct{ Side int }
)

func (Circle) shape() {}
func (Square) shape() {}

func ExampleUnion() {
	shapes, err := codec.Union[Shape](Circle{}, Square{})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := shapes.Append(nil, Square{Side: 2})
	s, err := shapes.Parse(b)
	fmt.Printf("%#v %v\n", s, err)
	_, err = shapes.Parse([]byte("\x82\x64Line\xa0"))
	fmt.Println(err)
	// Output:
	// codec_test.Square{Side:2} <nil>
	// codec: union/cbor parse codec_test.Shape: "Line" is none of Circle, Square
}

// Overdrawn is the typed error of a task.
type Overdrawn struct{ Missing int }

func (e Overdrawn) Error() string { return fmt.Sprintf("%d missing", e.Missing) }

func ExampleError() {
	errs := codec.Error(codec.CBOR[Overdrawn]())
	b, err := errs.Append(nil, fmt.Errorf("booking 7: %w", Overdrawn{Missing: 3}))
	fmt.Println(len(b), err)
	there, _ := errs.Parse(b)
	fmt.Println(errors.As(there, new(Overdrawn)), there)
	_, err = errs.Append(nil, io.EOF)
	fmt.Println(errors.Is(err, codec.ErrOtherType))
	// Output:
	// 10 <nil>
	// true 3 missing
	// true
}
