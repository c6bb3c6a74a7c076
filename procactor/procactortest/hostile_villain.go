package procactortest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// The variables by which the kit tells a start of the program whom to play.
const (
	trickVariable = "PROCTORTEST_TRICK" // the name of the part
	lineVariable  = "PROCTORTEST_LINE"  // the address of the kit
	bandVariable  = "PROCTORTEST_BAND"  // of an accomplice: what it is, and the process of its villain
	seedVariable  = "PROCTORTEST_SEED"  // of a part that is random
)

// Parts that are no tricks.
const (
	partGood       = "(good)"       // a worker that does what is right
	partAccomplice = "(accomplice)" // a child of a villain, which does nothing
	partScribbler  = "(scribbler)"  // one that writes on its stdout and stderr without end
	partForger     = "(forger)"     // one that writes frames on its descriptor 3 without end
)

// PlayVillain makes the program a hostile worker if the kit started it as one;
// it then never returns. In every other process it returns at once and does
// nothing. Call it first in main or TestMain.
func PlayVillain() {
	name := os.Getenv(trickVariable)
	switch name {
	case "":
		return
	case partGood:
		procactor.Main(goodEcho())
	case partAccomplice, partScribbler, partForger:
		playAccomplice(name)
	}
	for _, t := range tricks() {
		if t.name == name {
			newVillain().play(t)
		}
	}
	exit(99)
}

// exit ends the process at once.
func exit(code int) { os.Exit(code) }

// villain is a worker that speaks bytes, not the protocol.
type villain struct {
	in         *wire.Reader
	requests   *os.File
	out, crash *os.File
	line       net.Conn
	here       <-chan string // one for each accomplice that has begun
	seed       uint64
}

// newVillain opens what was inherited, and has an accomplice started before the
// trick begins: whoever ends the villain must end that one, too.
func newVillain() *villain {
	c, err := wire.ParseChannels(os.Getenv(channelsVariable))
	v := &villain{}
	if err == nil {
		v.requests, v.out, v.crash, err = openChannels(c)
	}
	v.in = wire.NewReader(v.requests, wire.MaxHello)
	v.seed, _ = strconv.ParseUint(os.Getenv(seedVariable), 10, 64)
	if err == nil {
		err = startAccomplice(partAccomplice, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "villain:", err)
		exit(98)
	}
	v.line = dial("villain " + strconv.Itoa(os.Getpid()))
	v.here = endWith(v.line)
	<-v.here // the accomplice's
	return v
}

// play plays the trick. A villain that has nothing left to do goes on doing
// nothing.
func (v *villain) play(t trick) {
	t.play(v)
	v.rest()
}

// rest does nothing for ever; the files stay open.
func (v *villain) rest() {
	<-make(chan struct{})
	_ = v.out.Close()
}

// dial connects to the kit and says who this is.
func dial(who string) net.Conn {
	line, err := net.Dial("tcp", os.Getenv(lineVariable))
	if err == nil {
		_, err = fmt.Fprintln(line, who)
	}
	if err != nil {
		exit(97)
	}
	return line
}

// endWith ends the process when the kit is gone, so that no villain outlives
// its test whatever the parent under test has done. It returns what the kit says.
func endWith(line net.Conn) <-chan string {
	said := make(chan string, 8)
	go func() {
		for words := bufio.NewScanner(line); words.Scan(); {
			said <- words.Text()
		}
		exit(96)
	}()
	return said
}

// accomplice is a child of the villain that plays a part. The channels are not
// inherited unless change has it so.
func accomplice(part string, change func(*exec.Cmd)) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		exit(95)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), trickVariable+"="+part, bandVariable+"=accomplice "+strconv.Itoa(os.Getpid()))
	if change != nil {
		change(cmd)
	}
	return cmd
}

// internalError is Windows' ERROR_INTERNAL_ERROR, which Wine answers a spawn with
// now and then, on a busy machine: of a process that had ended before it had set
// itself up, with no line of its program run. No other system has the number.
const internalError = syscall.Errno(1359)

// startAccomplice starts an accomplice of the villain.
func startAccomplice(part string, change func(*exec.Cmd)) error {
	err := accomplice(part, change).Start()
	for tries := 1; tries < 5 && errors.Is(err, internalError); tries++ {
		fmt.Fprintln(os.Stderr, "villain: started once more:", err)
		err = accomplice(part, change).Start()
	}
	return err
}

func playAccomplice(part string) {
	endWith(dial(os.Getenv(bandVariable)))
	switch part {
	case partScribbler:
		for {
			_, _ = os.Stdout.WriteString("I am still here\n")
			_, _ = os.Stderr.WriteString("and here\n")
		}
	case partForger:
		out := os.NewFile(3, "replies")
		for {
			_, _ = out.Write(wire.AppendFrame(nil, 0xF0, 0, 0, make([]byte, 100)))
		}
	}
	<-make(chan struct{})
}

// leave starts a child that plays a part and returns when it does.
func (v *villain) leave(part string, change func(*exec.Cmd)) {
	if startAccomplice(part, change) != nil {
		exit(94)
	}
	<-v.here
}

// tell has the kit know how far the trick is.
func (v *villain) tell(what string) { _, _ = fmt.Fprintln(v.line, what) }

// escapes makes the child one that no group reaches: its end is not the kit's
// to ask for.
func escapes(cmd *exec.Cmd) {
	escape(cmd)
	cmd.Env = append(cmd.Env, bandVariable+"=escaped "+strconv.Itoa(os.Getpid()))
}
