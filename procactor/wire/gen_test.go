package wire_test

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// genName draws what is allowed as a name.
func genName() *rapid.Generator[string] { return rapid.StringN(1, 20, wire.MaxName) }

// genMicros draws a duration that the wire can say exactly.
func genMicros() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "us")) * time.Microsecond
	})
}

func genMap() *rapid.Generator[wire.Map] {
	return rapid.Custom(func(t *rapid.T) wire.Map {
		var m wire.Map
		for _, key := range rapid.SliceOfNDistinct(genName(), 0, 5, rapid.ID[string]).Draw(t, "keys") {
			// A prefix keeps the user's keys apart from those of the protocol.
			m = append(m, wire.Pair{Key: "x-" + strings.ToValidUTF8(key[:min(len(key), 200)], ""), Value: rapid.String().Draw(t, "value")})
		}
		return distinct(m)
	})
}

func distinct(m wire.Map) wire.Map {
	var out wire.Map
	for _, p := range m {
		if _, ok := out.Get(p.Key); !ok {
			out = append(out, p)
		}
	}
	return out
}

func genBody() *rapid.Generator[[]byte] { return rapid.SliceOfN(rapid.Byte(), 0, 100) }

func genMeasures() *rapid.Generator[wire.Measures] {
	return rapid.Custom(func(t *rapid.T) wire.Measures {
		return wire.Measures{
			Queue: genMicros().Draw(t, "queue"),
			Run:   genMicros().Draw(t, "run"),
			CPU:   genMicros().Draw(t, "cpu"),
		}
	})
}

func genHello() *rapid.Generator[wire.Hello] {
	return rapid.Custom(func(t *rapid.T) wire.Hello {
		h := wire.Hello{
			Version: wire.Version{Major: wire.Current().Major, Minor: rapid.Uint16().Draw(t, "minor")},
			Limits: wire.Limits{
				MaxFrame: rapid.Uint32Range(wire.MinFrame, wire.HardLimit).Draw(t, "frame"),
				MaxBody:  rapid.Uint64Range(wire.MinBody, wire.HardLimit).Draw(t, "body"),
				Window:   rapid.Uint32Range(1, wire.HardLimit).Draw(t, "window"),
			},
			Build: rapid.StringN(0, 20, wire.MaxName).Draw(t, "build"),
			Ext:   genMap().Draw(t, "ext"),
		}
		for _, name := range rapid.SliceOfNDistinct(genName(), 0, 4, rapid.ID[string]).Draw(t, "tasks") {
			h.Tasks = append(h.Tasks, wire.TaskInfo{
				Name:       name,
				Stream:     rapid.Bool().Draw(t, "stream"),
				Idempotent: rapid.Bool().Draw(t, "idempotent"),
				Concurrent: rapid.Uint32Min(1).Draw(t, "concurrent"),
				Input:      rapid.StringN(0, 10, 40).Draw(t, "in"),
				Output:     rapid.StringN(0, 10, 40).Draw(t, "out"),
				Error:      rapid.StringN(0, 10, 40).Draw(t, "err"),
			})
		}
		return h
	})
}
