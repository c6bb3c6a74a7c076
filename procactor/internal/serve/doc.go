// Package serve is the worker's end of the wire: it says what the program can do,
// takes requests in, runs them and answers, until it is told to stop or its parent
// is gone.
//
// A task is to it a name and a function that parses ([Task]). It knows nothing of
// types, codecs and hosts; nor of the process that it runs in, but for what
// [Options] say of it, so that a test can play it without one.
package serve
