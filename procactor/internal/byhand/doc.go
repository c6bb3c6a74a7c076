// Package byhand is how a person at a terminal meets the tasks of a program: the
// arguments and exit codes, input as JSON with the place of a mistake, an example of
// the input, and the list of what there is.
//
// The room reads and writes text, and types by reflection. It must not know what a
// task is, nor how a call of one is made: [Task] is a line of the list, and whoever
// calls gets the input as a value.
package byhand
