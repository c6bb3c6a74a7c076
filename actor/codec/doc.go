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
// and what it allocates is bounded by the number of bytes that were really
// there times the size of one element of T, never by a length that the bytes
// claim. [MaxNesting], [MaxElements] and [MaxPairs] hold for every codec of
// this package that reads a structured format; [Within] sets another depth. A
// type that brings its own UnmarshalCBOR, UnmarshalJSON, UnmarshalBinary or
// UnmarshalText answers for itself.
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
