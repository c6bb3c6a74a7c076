package osproc

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// autopsy finds out why the kernel ended a process. What it needs is gone when
// the process was reaped, so that is looked at before, and only where a signal
// asks for it.
type autopsy struct {
	oom *oomWitness

	mu      sync.Mutex // protects the following
	seen    time.Time  // when it was last sighted
	over    bool       // it has ended, and its number may be another's soon
	pending bool       // a KILL that the kernel's counts have to explain
	found   Manner
}

// begin takes the readings of before the start.
func (a *autopsy) begin(w *oomWatch) { a.oom = w.begin() }

// sighted is called when the process has come up, and now and then while it goes
// on: a kill that was counted until then was another's. It does something every
// SightEvery at most.
func (a *autopsy) sighted(pid int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); !a.over && now.Sub(a.seen) >= SightEvery {
		a.seen = now
		a.oom.sighted(pid)
	}
}

// look looks at a process that has ended and was not reaped; ours says that it
// was we who killed it.
func (a *autopsy) look(pid int, ours bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	if ours {
		return
	}
	var info siginfo
	for unix.Waitid(unix.P_PID, pid, info.raw(), unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil) == unix.EINTR {
		continue
	}
	sig := info.endedBy()
	if sig != unix.SIGKILL && sig != unix.SIGXCPU {
		return
	}
	if timeOf(pid).spent(sig) {
		a.found = MannerTime
	} else if sig == unix.SIGKILL {
		a.oom.ended(pid)
		a.pending = true
	}
}

// manner says why the process was ended. It is asked of a death that is not
// ours: whoever asks has one counted kill explain it.
func (a *autopsy) manner() Manner {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pending {
		a.pending, a.found = false, a.oom.explain()
	}
	return a.found
}

// timeOf reads what an ended process had used of its processor time, its
// children not counted.
func timeOf(pid int) (p timeAllowed) {
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_CPU, nil, &limit); err != nil {
		return p
	}
	p.soft, p.hard = secondsOf(limit.Cur), secondsOf(limit.Max)
	if p.soft < 0 && p.hard < 0 {
		p.known = true
		return p
	}
	stat, err := readStat(pid)
	if err != nil {
		return p
	}
	p.used, p.known = stat.time()
	return p
}

// secondsOf is a limit in seconds; negative: none that is ever reached.
func secondsOf(limit uint64) time.Duration {
	const most = 1 << 32
	if limit > most {
		return -1
	}
	return time.Duration(limit) * time.Second
}
