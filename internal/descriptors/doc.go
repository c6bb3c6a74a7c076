// Package descriptors finds the descriptors of this process that what it starts
// inherits: those above the standard streams that are not close-on-exec. All that
// Go opens is. What is not was given to this process at its start, such as a lock
// file by a shell, or was opened by C code.
package descriptors
