package protobridge

import "sync"

// maxUnderWay bounds the requests that wait or run through one exposed name,
// and with them its goroutines.
const maxUnderWay = 1024

// lane is who sent a request. A sender that tells its requests apart by their
// ids does not mind their order.
type lane struct {
	from address
	id   uint32
}

// lanes runs functions: those of one lane in order, one at a time; those of
// several at the same time.
type lanes struct {
	ordered bool // otherwise each function is on its own

	mu     sync.Mutex // protects the following
	under  int
	round  *sync.WaitGroup // of those that were added since the last settle
	queues map[lane][]job  // of lanes in which one runs
}

// job is a function with the round it was added in.
type job struct {
	run   func()
	round *sync.WaitGroup
}

func newLanes(ordered bool) *lanes {
	return &lanes{ordered: ordered, round: new(sync.WaitGroup), queues: make(map[lane][]job)}
}

// add has f run; false when too many are under way.
func (l *lanes) add(in lane, f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.under == maxUnderWay {
		return false
	}
	l.under++
	l.round.Add(1)
	j := job{f, l.round}
	if !l.ordered {
		go func() {
			j.run()
			l.done(j)
		}()
		return true
	}
	if queue, busy := l.queues[in]; busy {
		l.queues[in] = append(queue, j)
		return true
	}
	l.queues[in] = nil
	go func() {
		for more := true; more; j, more = l.next(in) {
			j.run()
			l.done(j)
		}
	}()
	return true
}

func (l *lanes) done(j job) {
	j.round.Done()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
}

// next returns the lane's next job, false if there is none.
func (l *lanes) next(in lane) (job, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.queues[in]
	if len(queue) == 0 {
		delete(l.queues, in)
		return job{}, false
	}
	l.queues[in] = queue[1:]
	return queue[0], true
}

// settle waits for all that was added before.
func (l *lanes) settle() {
	l.mu.Lock()
	round := l.round
	l.round = new(sync.WaitGroup)
	l.mu.Unlock()
	round.Wait()
}
