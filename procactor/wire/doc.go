// Package wire is the byte layout that a parent process and its worker speak:
// frames, the handshake, and the payload of each kind of frame. It is pure: no
// goroutine, no clock, no codec, and no input or output beyond the io.Reader
// handed to a [Reader]. docs/protocol.md describes the same bytes for a worker
// written in another language.
//
// # Usage
//
// Writing, straight into a buffer that is sent later:
//
//	start := len(buf)
//	buf = wire.BeginFrame(buf, wire.KindRequest, id)
//	buf, err = wire.AppendRequestHead(buf, "resize", wire.Meta{Attempt: 1})
//	buf = append(buf, body...)                  // or a codec's Append
//	buf, err = wire.EndMessage(buf, start, limits) // cuts it into CHUNKs when it is long
//
// Reading:
//
//	f, err := reader.Next()        // one frame; its payload is valid until the next Next
//	f, ok, err := assembler.Add(f) // ok: a whole message
//	switch f.Kind {
//	case wire.KindRequest:
//		req, err := wire.ParseRequest(f.Payload)
//	}
//
// # Names
//
// A frame is what has one header. A message is a frame together with the CHUNK
// frames that carry the rest of its payload. A payload is what follows a
// header; a body is the part of a payload that belongs to the task's codec.
//
// # Trust
//
// Every parser takes bytes from a process that may be broken or hostile.
// Parsers return an error and never panic; what they allocate is bounded by
// the bytes that have arrived, whatever a length field claims. Values that
// alias the payload say so.
//
// # Failure
//
// [*FormatError] says which field of which frame is malformed and where,
// [*LimitError] which limit was passed and by how much, [*UnknownKindError] which
// critical kind is unknown, [*VersionError] which two versions cannot talk.
package wire
