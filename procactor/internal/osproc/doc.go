// Package osproc is one operating-system process and its group, from its spawn to
// its reaping: what it is started with, what is known of it while it runs, how it is
// ended, and what its end means. What differs between the systems is here, so that
// nobody above has to ask which one it is.
//
//   - A [Plan] says what to start, [Start], [StartWorker] and [StandardFiles.Start] start it, and
//     a [Child] is what comes of it. All in its group are killed before it is reaped.
//   - A [Keeper] is told of the process between its spawn and its reaping; a [Family]
//     is what the processes of one owner share.
//   - [Ladder] says how a process is ended, [Descend] does it, [StopRecord] keeps what
//     was done, and [Judge] makes an [Ending] of that and of what the system tells.
//   - A [Manner] is what the system tells of why it killed a process, such as want of
//     memory.
//   - [OpenBegun], [Awaiter], [KeepGrace], [CloseInherited] and the like are for the
//     process that was started.
//
// It returns plain facts: it knows no actors, no errors of the public API, no protocol
// and no guardian.
package osproc
