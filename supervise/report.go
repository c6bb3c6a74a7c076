package supervise

import "time"

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
