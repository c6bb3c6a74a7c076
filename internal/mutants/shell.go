package main

// shellMutants are mistakes of the code that carries decisions out: its order,
// its bounds, and what it forgets. Each has been made, or nearly.
func shellMutants() []trial {
	return []trial{
		{
			mutant{"exit signals wait their turn", "mailbox.go", "case q.urgent.n > 0:", "case q.urgent.n > 0 && q.user.n == 0:"},
			notice{"mailbox", "./mailbox", "TestPromise2UrgentComesFirst"},
		},
		{
			mutant{"queue takes room only of what waits", "backlog.go", "b.items = b.items[1:]; len(b.items) == 0", "b.items, b.used = b.items[1:], b.used-e.size; len(b.items) == 0"},
			notice{"internal/backlog", "./internal/backlog", "TestBacklogHasRoomForWhatIsBeingHandedOn"},
		},
		{
			mutant{"watchers hear before the owner", "end.go", "\tif owned {\n\t\tl.slot.exited(down)\n\t}\n\twatchers := l.endNow()\n", "\twatchers := l.endNow()\n\ttell(watchers, down)\n\tif owned {\n\t\tl.slot.exited(down)\n\t}\n"},
			notice{"actor", "./supervise", "TestSupervisorKnowsOfADeathFirst"},
		},
		{
			mutant{"exit is told before others know", "inbox.go", "m.settled != nil && !m.settled.Load()", "false"},
			notice{"supervise", "./supervise", "TestExitIsTakenWhenEverybodyKnows"},
		},
		{
			mutant{"stopping pool forgets who waits for it", "poolrun.go", "\ts.OnSettled(r.left)\n", ""},
			notice{"procactor", "./procactor", "TestPoolStopsWhenItsLastWorkerIsSeenGone"},
		},
		{
			mutant{"call that comes back waits its turn", "dispatcher.go", "\tif front {\n\t\tc.retries = append(c.retries, k)\n\t}\n\tc.mu.Unlock()\n\tif front {\n", "\tc.mu.Unlock()\n\tif false {\n"},
			notice{"procactor", "./procactor", "TestCallsThatADeathSentBackComeFirst"},
		},
		{
			mutant{"worker that stops leaves what it took", "stop.go", "\tfor _, id := range taken {\n\t\ts.refuse(id)\n\t}\n", ""},
			notice{"procactor/internal/serve", "./procactor", "TestWorkerAnswersWhatItTookWhenItStops"},
		},
		{
			mutant{"item is sent, not written", "framewriter.go", "for err == nil && f.done < end {", "for false {"},
			notice{"internal/link", "./internal/link", "TestDeliverReturnsWhenItsBytesAreWritten"},
		},
		{
			mutant{"end before our KILL is taken for ours", "ending.go", "if f.Stops.Killed && !f.Stops.Asked && f.Signal != os.Kill {", "if false {"},
			notice{"procactor/internal/osproc", "./procactor/internal/osproc", "TestJudge"},
		},
		{
			mutant{"silent worker counts as one that was ordered to end", "ending.go", "case e.Ours && f.Stops.Motive == MotiveSilence:", "case false:"},
			notice{"procactor/internal/osproc", "./procactor/internal/osproc", "TestJudge"},
		},
		{
			mutant{"late reason for an end is the one that is told", "ending.go", "if r.done.Why == nil {", "if true {"},
			notice{"procactor/internal/osproc", "./procactor/internal/osproc", "TestStopRecord"},
		},
		{
			mutant{"stop waits though nobody does any more", "ladder.go", "\tcase <-hurry:\n\t\treturn DescentCut\n", ""},
			notice{"procactor/internal/osproc", "./procactor/internal/osproc", "TestDescend"},
		},
		{
			mutant{"silent worker's call is tried on the next", "deliver.go", "d != osproc.DeathNone && d != osproc.DeathSilent && d != osproc.DeathBreach", "d != osproc.DeathNone && d != osproc.DeathBreach"},
			notice{"procactor", "./procactor", "TestAttemptsAfterADeath"},
		},
		{
			mutant{"half a window of silence kills", "watch.go", "every = max(min(pingInterval, silence/least), time.Millisecond)", "every = max(min(pingInterval, silence), time.Millisecond)"},
			notice{"procactor", "./procactor", "TestPulse"},
		},
	}
}
