// Package procactortest is for tests of worker processes. [RunHostile] is the
// kit that every way of talking to a worker must pass: workers that lie, flood,
// stall and leave things behind, each with the ending that its caller must get.
//
// # The villain
//
// A hostile worker is a start of a program that calls [PlayVillain] first in
// main or TestMain, as it calls procactor.Main. If the environment names a
// trick, PlayVillain plays it on the inherited channels and never returns.
// Villain and kit hold a TCP connection beside the channels, and so does a
// child that the villain starts: when one breaks, that process has ended, on
// every system, and a row waits for that and never for time to pass.
//
// # What a parent spends on a worker
//
// Whatever a worker writes, its parent holds for it at most
//
//	16 MiB + 4·MaxFrame + 4·MaxBody for each call that runs + 64·Window for each stream
//
// in bytes, of the limits of its Worker, see [MemoryBound]. The fixed part is
// the HELLO, the first and last 32 KiB of stderr and crash text, the buffers of
// the streams, and 64 KiB of log lines that wait for a slow log; mostly it is
// less than one MiB. A body is held in pieces while it arrives, once for its
// caller, and once as what it is decoded to; a Go value may be larger than its
// encoding, at most by the size of one element for each byte. An item of a
// stream costs its bytes and the place in a list.
//
// # When what ends
//
//   - A frame that breaks the protocol ends the connection when it is read. The
//     worker gets a REFUSE and 250 ms to take it to heart, then KILL for its
//     group; reaping is waited for 5 s, what the channels still hold is read for 2 s.
//   - A start that does not come to READY ends after Worker.StartTimeout or with
//     its context.
//   - A call that is not answered ends with its caller's context; the worker has
//     Worker.Grace to end it, then it is terminated (TERM, 2 s later QUIT, 2 s later KILL).
//   - A worker that answers no PING is killed after Worker.Silence.
//   - Frames that are skipped are bounded by 16 MiB from one PING to the next, each
//     counted as 1 KiB at least; a message above its limit by 1 GiB that are
//     thrown away.
//   - Output is read as fast as it comes, for as long as the worker lives: a worker
//     that prints without end costs its parent the copying, and what the log
//     does not take in time is dropped and counted.
package procactortest
