package main

import "strings"

// A group is a section of docs/guarantees.md: what a reader is afraid of.
type group struct {
	word  string // as the line above a test says it
	title string // as the page says it
	first string // the test whose guarantee is told first, since most others are about its exceptions; or none
}

// groups returns all groups, in the order of the page: what a reader came for
// first.
func groups() []group {
	return []group{
		{"crash", "A worker or an actor crashes", "TestWorkerDeaths"},
		{"hang", "A call or a worker hangs", ""},
		{"hostile", "A worker or a client is hostile", ""},
		{"orphans", "The parent dies, and processes are left behind", "TestParentKilledLeavesNothing"},
		{"calls", "Calls get lost, or are done twice", "TestAtMostOnce"},
		{"poison", "One input kills worker after worker", "TestPoison"},
		{"restarts", "Restarts run away, or come out wrong", "TestSupervisorsGiveTheTracesOfOTP"},
		{"stop", "A stop does not end", "TestEveryStopReturnsAndNamesWhatRuns"},
		{"multiply", "Processes multiply", "TestNeverMoreProcessesThanAskedFor"},
		{"memory", "Memory and threads grow", ""},
		{"values", "Values arrive changed, or are too large", "TestWhatIsSentArrives"},
		{"output", "Output is lost, mixed or forged", "TestOutputOfACall"},
		{"blind", "Nobody can tell what happened", ""},
		{"secrets", "Secrets and descriptors leak", "TestSecretsAreNotShown"},
		{"programs", "Programs know nothing of Proctor", "TestStackSurvivesItsFaults"},
		{"policy", "A policy file is wrong, or changes", "TestMistakesAreReportedAtOnce"},
		{"proctor", "A tree is run from the command line", "TestRunAndStop"},
		{"foreign", "Your own callbacks panic or block", "TestForeignCode"},
		{"guest", "The library gets in the way of your program", "TestLibraryLeavesItsProgramAlone"},
		{"interop", "The other side is not Go, or not Proctor", ""},
		{"debug", "A task has to be looked at by hand", ""},
		{"windows", "Windows is different", ""},
	}
}

// groupWords lists the words, for an error.
func groupWords() string {
	all := groups()
	words := make([]string, 0, len(all))
	for _, g := range all {
		words = append(words, g.word)
	}
	return strings.Join(words, ", ")
}
