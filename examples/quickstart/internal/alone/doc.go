// Package alone runs the task as people run it without Proctor: as a
// goroutine, with a recover around it. So that its end can be watched, it
// does so in a child process made for that one request: the program itself,
// run again with a hidden argument.
package alone
