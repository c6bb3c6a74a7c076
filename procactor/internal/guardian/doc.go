// Package guardian sees to it that no child of a System outlives this process. A
// guard, an actor of the System, knows each child's process group from the spawn to the
// reaping, and tells a guardian: a process of this very program ([Run]) that kills the
// groups that are left when its parent is gone. Each child has a [Slot] with the guard,
// which is the osproc.Keeper of its plan.
//
// On Windows there is nothing to guard: a job object ends with its last handle.
//
// It knows no tasks, no workers and no protocol but its own pipe; what it has to know
// of the program is in a [Config].
package guardian
