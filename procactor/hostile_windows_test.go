package procactor_test

// The worker that hostile_test.go plays is for Unix.
func playHostile(string) {}
