package procactor_test

// The worker that spawncount_unix_test.go counts takes its place by flock, and
// the program of replaced_unix_test.go is replaced while it runs, which Windows
// refuses.
func playCounted(string) {}
func playReplaced()      {}
