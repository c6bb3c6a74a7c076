package mailbox

// A goroutine that finds the lock taken leaves it alone for a while, about a
// microsecond, this often before it sleeps.
const (
	lockPauses  = 8
	pauseCycles = 4000
)

// lockContended takes the lock after TryLock has failed, on the paths that each
// item takes.
//
// Where many senders meet, sync.Mutex does not spin, because there are other
// goroutines to run, but puts them to sleep, which takes a hundred times as long
// as anybody holds this lock. Nor would it help to try again at once: two
// processors that take turns with each item spend their time on handing the
// memory of the queue to each other. Whoever stays away for a while leaves the
// other to put in dozens of items at full speed.
func (q *Queue[T]) lockContended() {
	for range lockPauses {
		for range pauseCycles {
		}
		if q.mu.TryLock() {
			return
		}
	}
	q.mu.Lock() // whoever holds it was interrupted
}
