package supervise

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// life numbers the lives that a machine has begun; 0 is none. A child's id is
// not enough: an exit may be that of a life that was replaced long ago.
type life uint64

// tag joins a reply with its request.
type tag uint64

// wait numbers the delays of restarts; 0 is none.
type wait uint64

// event is what can happen to a machine. The sum is sealed.
type event interface{ isEvent() }

type (
	// evBoot begins: all children are to be started.
	evBoot struct{}
	// evStarted: the start of that life succeeded.
	evStarted struct{ life life }
	// evStartFailed: it did not.
	evStartFailed struct {
		life life
		err  error
	}
	// evIgnored: there was nothing to start.
	evIgnored struct{ life life }
	// evExited: the life ended; normal is what a transient child may end with.
	evExited struct {
		life   life
		reason error
		normal bool
	}
	// evDeadline: the time is over that the last acStop or acInterrupt gave.
	evDeadline struct{ life life }
	// evStop: the parent asks the supervisor to end with that reason.
	evStop struct{ reason error }
	// evStopInTurn: likewise, when it is its turn, as in an OTP supervisor's
	// mailbox. A Simulator's parent asks so; a real one overtakes the queue.
	evStopInTurn struct{ reason error }
	// evKill: the parent demands that the supervisor end at once.
	evKill struct{ reason error }
	// evRequest: somebody asks for something and waits for the reply.
	evRequest struct {
		tag tag
		req request
	}
	// evCancel: whoever made the request does not wait any more.
	evCancel struct{ tag tag }
	// evHurry: whoever made the request, a TerminateChild that is being carried out,
	// wants no more waiting.
	evHurry struct{ tag tag }
	// evDelayed: the time of an acDelay is over.
	evDelayed struct {
		id   string
		wait wait
	}
	// evRetry: a failed restart is to be tried again. The machine posts it to
	// itself, at the back of its queue.
	evRetry struct{ id string }
)

func (evBoot) isEvent()        {}
func (evStarted) isEvent()     {}
func (evStartFailed) isEvent() {}
func (evIgnored) isEvent()     {}
func (evExited) isEvent()      {}
func (evDeadline) isEvent()    {}
func (evStop) isEvent()        {}
func (evStopInTurn) isEvent()  {}
func (evKill) isEvent()        {}
func (evRequest) isEvent()     {}
func (evCancel) isEvent()      {}
func (evHurry) isEvent()       {}
func (evDelayed) isEvent()     {}
func (evRetry) isEvent()       {}

// request is what can be asked of a supervisor. The sum is sealed.
type request interface{ isRequest() }

type (
	reqStart     struct{ spec ChildSpec }
	reqInstance  struct{ start StartFunc } // nil: the template's
	reqTerminate struct{ id string }
	reqRestart   struct{ id string }
	reqDelete    struct{ id string }
	reqWhich     struct{}
	reqCount     struct{}
	reqChild     struct{ id string }
	reqSpec      struct{ id string }
	reqResume    struct{ id string }
	// reqChange: the supervisor is to be one of that policy and these children.
	reqChange struct {
		policy  Policy
		specs   []ChildSpec
		changed []string // ids that are to be restarted
	}
)

func (reqStart) isRequest()     {}
func (reqTerminate) isRequest() {}
func (reqRestart) isRequest()   {}
func (reqDelete) isRequest()    {}
func (reqWhich) isRequest()     {}
func (reqCount) isRequest()     {}
func (reqChild) isRequest()     {}
func (reqSpec) isRequest()      {}
func (reqInstance) isRequest()  {}
func (reqResume) isRequest()    {}
func (reqChange) isRequest()    {}

// action is what a machine wants done. Actions are done in order; none waits:
// what comes of it is an event. The sum is sealed.
type action interface{ isAction() }

type (
	// acStart: begin that life. Answered by evStarted, evStartFailed or
	// evIgnored.
	acStart struct {
		life    life
		spec    ChildSpec
		changed bool // by a change: it may be of another kind than the life before
	}
	// acInterrupt: a start in progress is not wanted any more; it is answered
	// all the same. evDeadline is wanted after timeout, unless that is
	// Infinity.
	acInterrupt struct {
		life    life
		timeout time.Duration
	}
	// acAbandon: do not wait for that start; whatever it begins is to be
	// killed. Nothing is answered.
	acAbandon struct{ life life }
	// acStop: ask the life to end. Answered by evExited; evDeadline is wanted
	// after timeout, unless that is Infinity.
	acStop struct {
		life    life
		timeout time.Duration
	}
	// acKill: the life must end now. Answered by evExited.
	acKill struct{ life life }
	// acDelay: evDelayed is wanted after that time, for a child without a life.
	acDelay struct {
		id    string
		wait  wait
		after time.Duration
	}
	// acRelease: no next life of that child is to be expected.
	acRelease struct{ id string }
	// acReply answers the request of that tag.
	acReply struct {
		tag   tag
		reply reply
	}
	// acReport is for those who watch: the log, the stream of events.
	acReport struct{ report report }
	// acUp: the boot succeeded.
	acUp struct{}
	// acOver: the supervisor has ended; what follows it says so. Without an
	// acUp before it the boot failed, for that reason.
	acOver struct{ reason error }
)

func (acStart) isAction()     {}
func (acInterrupt) isAction() {}
func (acAbandon) isAction()   {}
func (acStop) isAction()      {}
func (acKill) isAction()      {}
func (acDelay) isAction()     {}
func (acRelease) isAction()   {}
func (acReply) isAction()     {}
func (acReport) isAction()    {}
func (acUp) isAction()        {}
func (acOver) isAction()      {}

// reply is the answer to a request; which field counts depends on it.
type reply struct {
	err   error
	life  life         // reqStart, reqInstance, reqRestart: 0 when it was ignored
	which []childState // reqWhich; of reqChild one
	count Counts       // reqCount
	spec  ChildSpec    // reqSpec

	stopped []string // reqChange: ids of those that were stopped
}

// childState is one line of WhichChildren.
type childState struct {
	spec  ChildSpec
	state ChildState
	life  life
}

// report is one piece of news: a decision, or what it is about. Machines do
// not log: they say what is worth it. It becomes an [Event].
type report struct {
	kind    EventKind
	id      string // empty: the supervisor itself
	life    life
	err     error
	verdict Verdict
	rule    int
	delay   time.Duration
	usage   usage
	spent   bool // it was to be restarted, and no budget is left for that
	unasked bool // EventStopped: it did not end as it was asked to
}

// usage is how far a budget is used.
type usage struct {
	used, allowed int
	period        time.Duration
}

// report says it.
func (m *machine) report(r report) { m.do(acReport{r}) }

// eventJSON is an Event as JSON has it: reason and durations are text.
type eventJSON struct {
	At         time.Time `json:"at"`
	Supervisor string    `json:"supervisor"`
	Kind       EventKind `json:"kind"`
	Child      string    `json:"child,omitempty"`
	PID        actor.PID `json:"pid,omitzero"`
	Reason     string    `json:"reason,omitempty"`
	Verdict    Verdict   `json:"verdict,omitzero"`
	Rule       int       `json:"rule,omitempty"`
	Delay      string    `json:"delay,omitempty"`
	Used       *int      `json:"used,omitempty"`
	Allowed    *int      `json:"allowed,omitempty"`
	Period     string    `json:"period,omitempty"`
	Lost       int       `json:"lost,omitempty"`
}

// MarshalJSON writes the fields that are set; the reason is its text, durations
// are text such as "5s".
func (e Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{
		At: e.At, Supervisor: e.Supervisor, Kind: e.Kind, Child: e.Child, PID: e.PID, Verdict: e.Verdict, Rule: e.Rule, Lost: e.Lost,
	}
	if e.Reason != nil {
		j.Reason = fmt.Sprint(e.Reason) // bears an Error that panics
	}
	if e.Delay > 0 {
		j.Delay = e.Delay.String()
	}
	if e.Period > 0 {
		j.Used, j.Allowed, j.Period = &e.Used, &e.Allowed, e.Period.String()
	}
	return json.Marshal(j)
}
