// Package stdio is what a process reads and prints: the three standard streams
// of a worker, of a command and of a plain program, and what they tell of its
// end.
//
// A [Capture] reads an output stream and hands it on: to the writer of the call
// that runs, to the user's, or to [LogLines], which make lines of the log of it.
// It keeps the beginning and the end as evidence, from which [CrashOf] and
// [PanicIn] read a crash. A [Feeder] writes the input, a [Collector] keeps the
// output that is an answer, and a [LineWatch] looks for the line by which a
// program says that it is ready. What is a user's, a [SafeWriter] or what
// [SafeReader] returns, may panic, block or end its goroutine.
//
// The room gets open files. It must not know how a process is started, awaited or
// ended, nor what a task, a call or a worker is: whoever asks tells it where a stream
// goes now, and when it is over.
package stdio
