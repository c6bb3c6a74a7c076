package record

import "log/slog"

// Row is a line of the table of all records.
type Row struct {
	Level   slog.Level
	Message string
	When    string // empty: the message says it
	Attrs   string // keys in order; those with a '?' are there when there is something to say
}

// What is known of the end of a process is added to what the record of an end
// has of its own.
const (
	ending       = " " + KeyCode + "? " + KeySignal + "? " + KeyCalls + "? " + KeyTask + "? " + KeyKey + "? " + KeyTrace + "? " + KeyStack + "?"
	deathOfPlace = " " + KeyProcess + "?" + ending
	death        = " " + KeyWorker + "? " + KeyProgram + "? " + KeyProcess + "?" + ending
)

// AnyLine is the message of those records whose message is a line of output.
const AnyLine = "(the line)"

// Rows returns the whole table.
func Rows() []Row {
	var rows []Row
	for k := Kind(1); k.Row() != (Row{}); k++ {
		rows = append(rows, k.Row())
	}
	return rows
}

// Row returns the line of the kind; the zero Row for what is none.
func (k Kind) Row() Row {
	switch k {
	case ActorPanicked:
		return Row{slog.LevelError, "actor panicked", "An in-process actor, a function of supervise.Go or supervise.Every, or a protoactor-go actor panicked; once for each panic", "pid panic stack"}
	case ActorLeft:
		return Row{slog.LevelError, "actor ended its goroutine", "Its code called runtime.Goexit", "pid stack"}
	case TerminatePanicked:
		return Row{slog.LevelError, "actor panicked in Terminate", "Or called runtime.Goexit there", "pid panic stack"}
	case ActorAbandoned:
		return Row{slog.LevelWarn, "actor ignored its stop and is abandoned; its goroutine still runs", "Its time was over", "pid"}
	case AbandonedReturned:
		return Row{slog.LevelInfo, "abandoned actor returned after all", "", "pid"}
	case RequestsLost:
		return Row{slog.LevelWarn, "requests that were accepted, and that nobody waits for, will not be begun", "Casts of an actor that is gone, were evicted, or found no worker; pid and reason are of the last; at most one a second", "pid count reason"}
	case LettersLost:
		return Row{slog.LevelWarn, "dead letters were lost: who takes them is too slow", "", "count"}
	case DeadLettersPanicked:
		return Row{slog.LevelError, "who takes dead letters panicked", "Or called runtime.Goexit; the first time", "panic stack"}
	case RecordsLost:
		return Row{slog.LevelError, "records of the log were lost: its handler was late or failed", "It works again; reason is how it failed last, where it did", "count reason?"}
	case ChildUp:
		return Row{slog.LevelDebug, "child is up", "", "supervisor child pid"}
	case ChildStartFailed:
		return Row{slog.LevelError, "child failed to start", "At the boot, by a request, or in a restart, where restart says whether it is tried again", "supervisor child pid? reason restart? verdict? rule? delay?" + death}
	case ChildIgnored:
		return Row{slog.LevelDebug, "child has nothing to start", "Its start returned ErrIgnore", "supervisor child"}
	case ChildEnded:
		return Row{slog.LevelDebug, "child ended", "By itself, normally, and is not restarted", "supervisor child pid reason restart verdict? rule?" + death}
	case ChildDied:
		return Row{slog.LevelError, "child ended", "By itself, else; the record of the death of a supervised worker, pool or plain program", "supervisor child pid reason restart verdict? rule?" + death}
	case ChildStopped:
		return Row{slog.LevelDebug, "child is stopped", "By its supervisor, as it should", "supervisor child pid? reason" + death}
	case ChildStoppedOddly:
		return Row{slog.LevelWarn, "child did not end as it was asked to", "By its supervisor, with another reason than it was given", "supervisor child pid? reason" + death}
	case ChildRestarted:
		return Row{slog.LevelInfo, "child is restarted", "With its group; after the delay, if there is one", "supervisor child reason delay? used allowed period"}
	case CircuitStuck:
		return Row{slog.LevelError, "child is left down: it could not be resumed", "", "supervisor child reason"}
	case CircuitOpened:
		return Row{slog.LevelError, "child is left down: too many restarts", "Its budget, or its supervisor's, is used up, and Policy.Circuit is set", "supervisor child reason used allowed period"}
	case CircuitClosed:
		return Row{slog.LevelInfo, "child is resumed", "", "supervisor child"}
	case SupervisorGivesUp:
		return Row{slog.LevelError, "supervisor gives up: too many restarts", "A budget is used up", "supervisor child reason used allowed period"}
	case SupervisorEscalates:
		return Row{slog.LevelError, "supervisor ends: a child's end is escalated", "A Decider said so", "supervisor child reason"}
	case SupervisorAutoShutdown:
		return Row{slog.LevelInfo, "supervisor ends: a significant child has", "", "supervisor child reason"}
	case SupervisorUp:
		return Row{slog.LevelDebug, "supervisor is up", "", "supervisor pid"}
	case SupervisorNotUp:
		return Row{slog.LevelDebug, "supervisor did not start", "", "supervisor pid reason"}
	case SupervisorEnded:
		return Row{slog.LevelDebug, "supervisor ended", "", "supervisor pid reason"}
	case StartPanicked:
		return Row{slog.LevelError, "start panicked", "A StartFunc did; once for each panic", "supervisor child panic stack"}
	case StartAbandoned:
		return Row{slog.LevelWarn, "start does not end and is abandoned", "A StartFunc did not heed the end of its context", "supervisor child"}
	case TimesMissed:
		return Row{slog.LevelWarn, "times of the schedule were missed", "A call of supervise.Every took longer than it was to", "supervisor child missed missed_in_all"}
	case RunFailed:
		return Row{slog.LevelWarn, "run of a child failed", "A call of supervise.Every returned an error that is Survivable, such as by on_fail: log of a policy file; the next comes at its time", "supervisor child pid? reason" + death}
	case WorkerLine:
		return Row{slog.LevelInfo, AnyLine, "A worker wrote a line, and no writer takes it", "worker process stream"}
	case WorkerLinesDropped:
		return Row{slog.LevelWarn, "output of a worker was dropped, since the log was slower", "At most once a second for each stream, and at its end", "worker process stream bytes"}
	case WriterPanicked:
		return Row{slog.LevelError, "a writer of output panicked, and gets no more", "One of WithOutput, or of a Worker, Daemon or Command; or it called runtime.Goexit", "worker? program? task? process panic stack"}
	case WorkerDied:
		return Row{slog.LevelError, "worker ended", "One that is in no supervisor or pool, by itself, or not as it was asked to", "worker pid process reason" + ending}
	case WorkerNotUp:
		return Row{slog.LevelError, "worker ended before it was ready", "One that is in no supervisor or pool, in a crash whose text is in no other record", "worker pid process reason" + ending}
	case WorkerDebugged:
		return Row{slog.LevelWarn, "the worker waits for a debugger, and its limits are suspended", "", "worker process type"}
	case DebugNamesAnother:
		return Row{slog.LevelInfo, "PROCTOR_DEBUG names another worker", "", "worker PROCTOR_DEBUG"}
	case CastFailed:
		return Row{slog.LevelWarn, "a cast failed, and nobody waits for it", "", "task reason"}
	case PlaceEnded:
		return Row{slog.LevelWarn, "worker of a pool ended", "The record of its death; ten a second for each pool at most", "pool worker pid? reason" + deathOfPlace}
	case PlaceFailed:
		return Row{slog.LevelWarn, "worker of a pool could not be started", "Likewise", "pool worker pid? reason" + deathOfPlace}
	case PlaceRestarted:
		return Row{slog.LevelInfo, "worker of a pool is restarted", "Likewise; after the delay, if there is one, and with the budget, if one is set", "pool worker delay? used? allowed? period?"}
	case PlacesEnded:
		return Row{slog.LevelWarn, "more workers of a pool ended", "The sum of those without a record, after a second and at the end of the pool; reason is that of the last", "pool count reason?"}
	case PlacesFailed:
		return Row{slog.LevelWarn, "more workers of a pool could not be started", "Likewise", "pool count reason?"}
	case PlacesRestarted:
		return Row{slog.LevelInfo, "more workers of a pool are restarted", "Likewise", "pool count"}
	case PlaceHopeless:
		return Row{slog.LevelError, "worker of a pool can never be started: its place stays empty", "", "pool worker pid? reason" + deathOfPlace}
	case PoolGaveUp:
		return Row{slog.LevelError, "pool gave up", "", "pool pid reason"}
	case ProgramLine:
		return Row{slog.LevelInfo, AnyLine, "A plain program wrote a line, and no writer takes it", "program process stream"}
	case ProgramLinesDropped:
		return Row{slog.LevelWarn, "output of a program was dropped, since the log was slower", "At most once a second for each stream, and at its end", "program process stream bytes"}
	case ProgramNotGone:
		return Row{slog.LevelError, "a program has not ended though it was killed", "", "program process"}
	case ProgramDied:
		return Row{slog.LevelError, "program ended", "A plain program that is in no supervisor, by itself, or not as it was asked to", "program pid process reason" + ending}
	case ReadyTryLeft:
		return Row{slog.LevelWarn, "a try whether a program is ready has not returned though its time is over; it is left behind", "", "program process"}
	case ReadyLinePanicked:
		return Row{slog.LevelError, "Readiness.Line panicked", "Once for each start; StderrLine is told so, too", "program process stream panic stack"}
	case ReadyProbePanicked:
		return Row{slog.LevelError, "Readiness.Probe panicked", "Once for each start", "program process panic stack"}
	case CommandLine:
		return Row{slog.LevelInfo, AnyLine, "A command wrote a line on stderr, and no writer takes it", "worker? task process stream"}
	case CommandLinesDropped:
		return Row{slog.LevelWarn, "output of a command was dropped, since the log was slower", "At most once a second, and at its end", "worker? task process stream bytes"}
	case CommandCrashed:
		return Row{slog.LevelWarn, "a command crashed", "It is a Go program, whose traceback would have been lines", "reason" + death}
	case CommandLate:
		return Row{slog.LevelWarn, "a command did not end when it was asked to, and is killed", "", "worker? task reason"}
	case CommandNotGone:
		return Row{slog.LevelError, "a command's process has not ended though it was killed", "", "worker? task reason"}
	case StdinLeft:
		return Row{slog.LevelWarn, "the reader of a command's stdin neither ends nor can be closed: it is left behind", "", "worker? task process"}
	case DirLeft:
		return Row{slog.LevelWarn, "the private directory of a command could not be removed", "", "worker? task dir reason"}
	case Unguarded:
		return Row{slog.LevelWarn, "what this program's workers leave behind survives it when it is killed: call procactor.Main first in main", "The first worker starts in a program that does not", ""}
	case GuardianLacks:
		return Row{slog.LevelWarn, "no guardian for the workers: the next that starts has another tried", "", "reason"}
	case GuardianGivenUp:
		return Row{slog.LevelError, "the workers' guardian ends again and again: they go on without", "", "reason"}
	case GuardianReplaced:
		return Row{slog.LevelWarn, "the workers' guardian has ended: another takes its place", "", "reason"}
	case GuardianOdd:
		return Row{slog.LevelWarn, "the workers' guardian did not end as it should", "", "reason"}
	}
	return Row{}
}
