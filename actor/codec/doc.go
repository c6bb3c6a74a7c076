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
// this package that reads a structured format. A type that brings its own
// UnmarshalCBOR, UnmarshalJSON, UnmarshalBinary or UnmarshalText answers for
// itself.
//
// # Concurrency
//
// Every codec of this package may be used by several goroutines at once.
package codec
