package procactor_test

// The worker that spawncount_unix_test.go counts takes its place by flock.
func playCounted(string) {}
