// Command proctor runs trees of programs under the supervision of Erlang/OTP:
//
//	proctor run shop.yaml
//
// and checks, draws, simulates, shows and drives them; see its help.
package main

import (
	"os"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/cli"
	"github.com/proctor-dev/proctor/procactor"
)

func main() {
	procactor.Main() // it may have been started as the guardian of what it runs
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
