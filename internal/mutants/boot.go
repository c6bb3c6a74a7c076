package main

// boots is the test that gives the traces of boots that go on, which OTP has not.
var boots = notice{dir: "supervise", tests: "./supervise", test: "TestBootGivesItsTraces"}

// bootMutants are mistakes in what such a boot does.
func bootMutants() []trial {
	var all []trial
	for _, m := range []mutant{
		{"boot by restart is another boot", "machine.go", "if m.boot == BootRestart {", "if false {"},
		{"boot does not wait for who is before", "boot.go", "\t\tcase c.unsettled():\n\t\t\treturn false\n", "\t\tcase c.unsettled():\n\t\t\tcontinue\n"},
		{"temporary is tried again at the boot", "start.go", "if first && c.spec.Restart == Temporary {", "if false {"},
	} {
		all = append(all, trial{m, boots})
	}
	return all
}
