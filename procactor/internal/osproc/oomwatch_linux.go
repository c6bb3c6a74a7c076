package osproc

import (
	"os"
	"path"
	"strconv"
	"sync"
)

// oomWatch is the ledger of a System, and what it takes to read the kernel's
// counts. Its zero value is ready.
type oomWatch struct {
	ledger oomLedger

	once   sync.Once
	mounts cgroupMounts
}

// oomWitness has the readings that speak of one process.
type oomWitness struct {
	watch *oomWatch
	v1    bool // its cgroup is of version 1, where a dead process tells none
	sure  bool // the first of last is that of the cgroup in which it died
	first []oomCount
	last  []oomCount
}

// begin takes the first reading of a process that is about to be started, and
// will be in this one's cgroup. w may be nil: then the process has a ledger of
// its own.
func (w *oomWatch) begin() *oomWitness {
	if w == nil {
		w = &oomWatch{}
	}
	w.once.Do(func() {
		text, _ := os.ReadFile("/proc/self/mountinfo")
		w.mounts = parseCgroupMounts(text)
	})
	o := &oomWitness{watch: w}
	o.first, o.v1 = w.read("self")
	return o
}

// read returns the counts that speak of a process, the nearest first. The
// machine's is read only where the cgroup's is not to be had, or not to be
// relied on.
func (w *oomWatch) read(process string) (all []oomCount, v1 bool) {
	text, err := os.ReadFile("/proc/" + process + "/cgroup")
	if err == nil {
		var dir string
		dir, v1 = w.mounts.memoryCgroup(text)
		all = w.readCgroup(nil, dir, v1)
	}
	if v1 || len(all) == 0 {
		all = readMachine(all)
	}
	return all, v1
}

// readCgroup adds the count of a cgroup, or of the nearest above it that has
// one: below that the memory is counted there.
func (w *oomWatch) readCgroup(to []oomCount, dir string, v1 bool) []oomCount {
	files, top := []string{"memory.events.local", "memory.events"}, w.mounts.v2.point
	if v1 {
		files, top = []string{"memory.oom_control"}, w.mounts.v1.point
	}
	for ; dir != "" && dir != "/" && dir != "."; dir = path.Dir(dir) {
		for _, file := range files {
			if text, err := os.ReadFile(path.Join(dir, file)); err == nil {
				if kills, ok := parseKills(text); ok {
					return append(to, oomCount{dir, kills})
				}
			}
		}
		if dir == top {
			break
		}
	}
	return to
}

// readMachine adds the count of the machine, as far as the system has one.
func readMachine(to []oomCount) []oomCount {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return to
	}
	kills, ok := parseKills(text)
	if !ok {
		return to
	}
	return append(to, oomCount{machineCounter, kills})
}

// sighted is called while the process goes on: what was counted so far has not
// killed it, and it may have moved to a cgroup of its own.
func (o *oomWitness) sighted(pid int) {
	first, v1 := o.watch.read(strconv.Itoa(pid))
	if len(first) > 0 && !doomed(pid) { // nor was when it was counted
		o.first, o.v1 = first, v1
	}
}

// ended takes the last reading, of a process that was not reaped.
func (o *oomWitness) ended(pid int) {
	if !o.v1 {
		o.last, _ = o.watch.read(strconv.Itoa(pid))
		o.sure = true
		return
	}
	for _, t := range o.first {
		if t.counter != machineCounter {
			o.last = o.watch.readCgroup(o.last, t.counter, true)
		}
	}
	o.last = readMachine(o.last)
}

// explain says what the counts tell of a KILL that none of us sent.
func (o *oomWitness) explain() Manner { return o.watch.ledger.explain(o.first, o.last, o.sure) }
