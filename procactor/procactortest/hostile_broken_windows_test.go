package procactortest_test

// faultsOfSystem: a job has no way out.
func faultsOfSystem() map[string]fault { return nil }

func playAloof() {}
