package supervise

import "github.com/proctor-dev/proctor/actor"

// What the runner of scenarios on real supervisors needs besides what users
// have.

// ReasonName and ResultName name reasons and answers as traces have them.
func ReasonName(err error) string                    { return simReason(err) }
func UnbornName(err error) (name string, child bool) { return simUnborn(err) }
func ResultName(err error) string                    { return simResult(err) }
func SpecErrorName(err error) string                 { return simSpecError(err) }

// EndFor has the supervisor at path end for that reason, as its parent could;
// false: there is none.
func EndFor(sys *actor.System, path string, reason error) bool {
	i := SupervisorAt(sys, path).find()
	if i != nil {
		i.inbox.urge(evStop{reason})
	}
	return i != nil
}

// EndInTurn is EndFor when what is in its queue was served.
func EndInTurn(sys *actor.System, path string, reason error) bool {
	i := SupervisorAt(sys, path).find()
	if i != nil {
		i.inbox.post(evStopInTurn{reason})
	}
	return i != nil
}

// AskLive gives the request to the supervisor at path, also to one that boots,
// and calls then with the answer in the supervisor's goroutine; false: there is
// none. A child that was started is told by its path.
func AskLive(sys *actor.System, path string, q QueuedRequest, then func(value any, err error)) bool {
	c := cellAt(sys, path)
	if c == nil {
		return false
	}
	run := c.booting()
	if run == nil {
		return false
	}
	_, req, err := q.request()
	if err != nil {
		then(nil, err)
		return true
	}
	return run.ask(req, func(a answer) {
		switch q.Op {
		case OpStartChild, OpStartInstance, OpRestartChild:
			if a.pid == (actor.PID{}) {
				then(NoChild{}, a.err)
				return
			}
			then(a.pid.Name, a.err)
		case OpWhichChildren:
			if a.which == nil {
				a.which = []ChildInfo{}
			}
			then(a.which, a.err)
		case OpCountChildren:
			then(a.count, a.err)
		case OpTerminateChild, OpDeleteChild, OpResumeChild, OpChange, OpStop:
			then(nil, a.err)
		}
	})
}
