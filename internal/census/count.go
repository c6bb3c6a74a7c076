package census

import "runtime"

// Unknown stands for what the system does not tell.
const Unknown = -1

// Count is what this process holds at one moment.
type Count struct {
	Goroutines  int
	Descriptors int
	Threads     int
	Children    int // child processes, zombies included
	Zombies     int
	Heap        int // bytes in use; after a collection if it is from Take
	Resident    int // bytes of memory
}

// Take collects garbage and counts.
func Take() Count {
	// Twice: what a finalizer or a cleanup kept alive goes the second time.
	runtime.GC()
	runtime.GC()
	return Glance()
}

// Glance counts without collecting garbage first.
func Glance() Count {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c := Count{Goroutines: runtime.NumGoroutine(), Heap: int(m.HeapAlloc)}
	c.Descriptors = descriptors()
	c.Threads, c.Resident = status()
	c.Children, c.Zombies = Unknown, Unknown
	if children, ok := Children(); ok {
		c.Children, c.Zombies = len(children), 0
		for _, child := range children {
			if child.State == 'Z' {
				c.Zombies++
			}
		}
	}
	return c
}

// Child is a child process.
type Child struct {
	PID   int
	Name  string // of the program, as the kernel has it
	State byte   // as in proc_pid_stat(5); Z is a zombie
}
