// Package control is how one proctor talks to another that runs a tree: a
// socket that only its owner can use (a named pipe on Windows), and lines of
// JSON on it.
//
// A client sends one [Request], which is a line, and reads [Reply] lines: one
// with the outcome, and, for logs and events, more until one that says End. Then
// the server closes. What a client sends has a bound, and so has the time that
// it may take for that, the time that it may take to read, and the number of
// those who are connected: a hostile one cannot hang or bloat the tree. Nor can many
// keep another one out: whoever keeps the server waiting makes room for whoever comes.
package control
