package record

// Kind is a kind of record.
type Kind uint8

// The kinds.
const (
	// Records of actor.
	ActorPanicked Kind = iota + 1
	ActorLeft
	TerminatePanicked
	ActorAbandoned
	AbandonedReturned
	RequestsLost
	LettersLost
	DeadLettersPanicked
	RecordsLost

	// Records of supervise.
	ChildUp
	ChildStartFailed
	ChildIgnored
	ChildEnded
	ChildDied
	ChildStopped
	ChildStoppedOddly
	ChildRestarted
	CircuitStuck
	CircuitOpened
	CircuitClosed
	SupervisorGivesUp
	SupervisorEscalates
	SupervisorAutoShutdown
	SupervisorUp
	SupervisorNotUp
	SupervisorEnded
	StartPanicked
	StartAbandoned
	TimesMissed
	RunFailed

	// Records of procactor: workers and pools.
	WorkerLine
	WorkerLinesDropped
	WriterPanicked
	WorkerDied
	WorkerNotUp
	WorkerDebugged
	DebugNamesAnother
	CastFailed
	PlaceEnded
	PlaceFailed
	PlaceRestarted
	PlacesEnded
	PlacesFailed
	PlacesRestarted
	PlaceHopeless
	PoolGaveUp

	// Records of procactor: plain programs and commands.
	ProgramLine
	ProgramLinesDropped
	ProgramNotGone
	ProgramDied
	ReadyTryLeft
	ReadyLinePanicked
	ReadyProbePanicked
	CommandLine
	CommandLinesDropped
	CommandCrashed
	CommandLate
	CommandNotGone
	StdinLeft
	DirLeft

	// Records of procactor: the guardian.
	Unguarded
	GuardianLacks
	GuardianGivenUp
	GuardianReplaced
	GuardianOdd
)
