// Package codec turns values into bytes and back where a request leaves its
// process.
//
// # Usage
//
// A task or a served actor has one [Codec] per type it sends: [CBOR] unless
// told otherwise, [JSON] to be readable, [Raw] for bytes that are a format of
// their own, [Union] for a request that is a sealed interface, and [Error] for
// the typed errors of a task.
//
// # Negotiation
//
// The two sides of a wire compare the names of their codecs ([Name]) before
// the first request, so that bytes are never read as another format. Names
// are part of the protocol: "cbor", "json", "raw" and "union/cbor" mean the
// same bytes in every language.
//
// # Hostile input
//
// Parse is made for bytes that somebody else wrote. No input makes it panic,
// and what it allocates is never bounded by a length that the bytes claim, but
// by a budget: that of [Limits], of [ParseWithin], or [DefaultMemory]. A message
// whose value would take more is refused before it is decoded. [MaxNesting], [MaxElements] and [MaxPairs] hold for every codec of
// this package that reads a structured format; [Within] sets another depth. A
// type that brings its own UnmarshalCBOR, UnmarshalJSON, UnmarshalBinary or
// UnmarshalText answers for itself.
//
// # Memory
//
// A value may be many times larger than its encoding. Bytes that decoding
// allocates for each byte of the worst inputs of a shape, garbage included, as
// measured on a 64-bit system (a test holds that what is counted is not less):
//
//	CBOR maps of one pair into any      131, nested 186
//	CBOR empty maps into any            72
//	CBOR arrays into any                40
//	CBOR null or "" into any            16
//	CBOR numbers into any               8
//	CBOR maps of one pair into T        96 for map[string]int
//	CBOR arrays into [][]int            28
//	CBOR short strings into []string    8
//	JSON maps of one pair into any      55
//	JSON arrays into any                32
//	[]T, []*T                           the size of T, and of what is in it (JSON: 4 times)
//	map[K]T                             8 times the size of T for each map of one to eight pairs
//
// A message is counted item by item against its type, rounded up by less than a
// half in most shapes, and only if it is so long that its shape could take more
// than the budget.
//
// # Values that cannot be sent
//
// Append holds values to the limits of Parse, so that what one side would refuse
// the other does not send: a value that is nested too deep or contains itself,
// has too many elements or pairs, or has text that is not UTF-8, is an error
// with the place where it is, such as ".Children[3].Next". What a type cannot
// exceed is not looked for. A type that writes itself by a method of its own is
// followed by its exported fields, those with the tag "-" left out: one that
// leads back to itself that way is refused, because its method would not end.
//
// # What arrives
//
// What is sent arrives as it was, as far as its type can hold it: unexported
// fields, and those with the tag "-", are not sent, and what is in an interface
// arrives as plain data (text, numbers, bytes, []any, map[string]any). A type of
// which more would be lost is refused by name, a [*TypeError]: a struct that has
// fields but none that is exported, one that embeds a type whose methods write
// it without its other fields (time.Time beside a name), a field that another
// hides, a channel, an interface with methods. Types with methods of their own
// that write and read them are fine, and so is struct{}. [Check] tells before
// the first value is there; procactor asks it when a worker starts.
//
// # Concurrency
//
// Every codec of this package may be used by several goroutines at once.
package codec
