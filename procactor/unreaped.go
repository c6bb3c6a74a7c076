package procactor

import "github.com/proctor-dev/proctor/actor"

// keepName has stops name the life, which is about to end, until its process has
// ended, too, which not even KILL has in time.
func keepName(l *actor.Life, exited <-chan struct{}) {
	if isClosed(exited) {
		return
	}
	ended := l.System().StillRuns(l)
	go func() {
		<-exited
		ended()
	}()
}
