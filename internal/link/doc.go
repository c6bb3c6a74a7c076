// Package link is one end of the wire to a worker: what goes over a [Link] of
// bytes, whatever that is made of. A [Conn] is the end of the side that asks. It
// has the calls that are under way ([Exchange]), what was written of each and so
// may have been read, the credit of streams, and it decides who reads. A
// [FrameWriter] serves both ends.
//
// It returns plain facts ([Answer]), of which others make the errors that a user
// sees. It knows nothing of processes, tasks, codecs or systems: what a link is
// made of stands where its imports are.
package link
