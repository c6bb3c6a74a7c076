package supervise

// reportKind is a kind of news. Machines do not log: they say what is worth
// logging.
type reportKind uint8

const (
	// childTerminated: a child ended that was not asked to.
	childTerminated reportKind = iota
	// startFailed: a start failed that the supervisor wanted.
	startFailed
	// shutdownFailed: a child that was asked to stop ended otherwise.
	shutdownFailed
	// gaveUp: the restart budget is used up.
	gaveUp
)

// report is one piece of news.
type report struct {
	kind    reportKind
	id      string // empty: the supervisor itself
	life    life
	err     error
	restart bool // childTerminated: it is to be restarted
}
