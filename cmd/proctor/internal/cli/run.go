package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/live"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/spf13/cobra"
)

// runFlags are the flags of run.
type runFlags struct {
	socket    string
	noSocket  bool
	subreaper bool
	verbose   bool
	times     bool
	passed    []int // descriptors
}

func (a *app) run() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:     "run FILE",
		Short:   "Run the tree of a policy file until it is stopped or gives up",
		GroupID: groupFiles,
		Long: `run starts the programs of a policy file in order and supervises them. What they
write is printed a line at a time, with their path before it. What would do something
to a terminal is shown, such as \r; colors stay on a terminal. A line over 16 KiB is
cut, with "…" at the end of a part and at the beginning of the next; text without an
end is shown after half a second. --json prints all as it was written.

TERM, INT and QUIT stop the tree in reverse order, a second one kills what is left
(timeout sends two unless it has --foreground). HUP reloads the file: what has changed
is applied with the fewest restarts, and a file with mistakes changes nothing. A HUP
because the terminal is closed stops the tree; under nohup HUP is ignored, and reload
does what it would. No other signal does anything, and none is handed on: signal sends
one to one program.

No program has a terminal: each leads a session of its own, and its standard input
is empty. No program gets what descriptors above 2 this process was given, such as a
lock file's, but those of --pass-fd and the sockets of systemd (LISTEN_FDS). A program
takes such sockets as its own when it is started as
  [sh, -c, 'LISTEN_PID=$$ exec PROGRAM']

As the first process of a container, or with --subreaper, it reaps orphans. When it
is killed, all that it has started is killed, too, but for what has left its
process group. Its exit codes are those of help exit-codes: a tree that ends as its
auto_shutdown says has that of the child with which it ended.`,
		Args: takes(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return a.supervise(args[0], f) },
	}
	cmd.Flags().StringVar(&f.socket, "socket", "", "address of the control socket (default: made of the file's path)")
	cmd.Flags().BoolVar(&f.noSocket, "no-socket", false, "serve no control socket")
	cmd.Flags().BoolVar(&f.subreaper, "subreaper", false, "adopt the orphans of what is run, and reap them (Linux)")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "log each start and stop")
	cmd.Flags().BoolVar(&f.times, "time", false, timeHelp)
	cmd.Flags().IntSliceVar(&f.passed, "pass-fd", nil, "let programs inherit the `descriptor`, which this process was given (not on Windows)")
	cmd.MarkFlagsMutuallyExclusive("socket", "no-socket")
	return cmd
}

// supervise is all of run.
func (a *app) supervise(file string, f runFlags) error {
	if err := keepInherited(f.passed); err != nil {
		return err
	}
	terminal := live.FindTerminal()
	defer terminal.Close()
	signals, stop := live.Signals() // before anything is there that one could leave behind
	defer stop()
	board := output.New(a.stdout.to, a.stderr, output.Colors{Stdout: a.colorOut && !a.json, Stderr: a.colorErr && !a.json})
	if a.json {
		board.AsJSON()
	}
	if f.times {
		board.Times()
	}
	program, err := live.Load(file, board)
	if err != nil {
		return exit(exitUsage, err)
	}
	notes := board.Notes("proctor")
	adopts, err := live.Adopts(f.subreaper)
	if err != nil {
		return exit(exitNotStarted, fmt.Errorf("--subreaper: %w", err))
	}
	log := a.logger(notes, f.verbose)
	sockets, err := listen(file, f, log)
	if err != nil {
		return err
	}
	tree := live.New(live.Config{
		Program: program, Load: func() (live.Program, error) { return live.LoadAgain(file, board) },
		Board: board, Log: log, Signals: signals, Terminal: terminal, Reap: adopts,
	})
	serving := func(error) {}
	if sockets != nil {
		serving = control.Serve(sockets, tree, control.Limits{}).Close
	}
	end, reason := tree.Run()
	err = ended(end, reason)
	if f, ok := live.FinishOf(reason); ok && end == live.Finished && f.Code == exitGood {
		log.Info("the tree has finished: the exit code is that of this child", "child", f.Child, "code", f.Code, "reason", f.Why)
	}
	serving(err)
	drained := make(chan struct{})
	late := time.AfterFunc(time.Second, func() { close(drained) })
	defer late.Stop()
	notes.Drain(drained)
	return err
}

func ended(end live.End, err error) error {
	switch end {
	case live.GaveUp:
		return exit(exitFailed, fmt.Errorf("the tree gave up: %w", err))
	case live.NotStarted:
		return exit(exitNotStarted, err)
	case live.Killed:
		return exit(exitKilled, err)
	case live.Finished:
		if f, ok := live.FinishOf(err); ok && f.Code != exitGood {
			return exit(f.Code, fmt.Errorf("the tree has ended with %s, whose exit code this is: %w", f.Child, f.Why))
		}
	case live.Stopped:
	}
	return nil
}

// listen listens at the control socket. Without one that was asked for, a tree
// is run all the same where none can be had.
func listen(file string, f runFlags, log *slog.Logger) ([]net.Listener, error) {
	if f.noSocket {
		return nil, nil
	}
	sockets, err := listenAt(file, f.socket)
	switch {
	case err == nil:
		return sockets, nil
	case errors.Is(err, control.ErrTaken):
		return nil, exit(exitNobody, err)
	case f.socket != "":
		return nil, exit(exitUsage, fmt.Errorf("--socket: %w", err))
	}
	log.Warn("no control socket: ps, stop and the like will not find this tree", "error", err)
	return nil, nil
}

func listenAt(file, address string) ([]net.Listener, error) {
	if address != "" {
		l, err := control.Listen(address)
		return []net.Listener{l}, err
	}
	places, err := control.PlacesOf(file)
	if err != nil {
		return nil, err
	}
	return control.ListenAt(places)
}

// logger is the tree's own log: lines between those of the children.
func (a *app) logger(notes *output.Notes, verbose bool) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelInfo}
	if verbose {
		opts.Level = slog.LevelDebug
	}
	if a.json {
		return slog.New(slog.NewJSONHandler(notes, opts))
	}
	opts.ReplaceAttr = func(groups []string, attr slog.Attr) slog.Attr {
		if len(groups) == 0 && attr.Key == slog.TimeKey { // who keeps logs adds it
			return slog.Attr{}
		}
		return attr
	}
	return slog.New(slog.NewTextHandler(notes, opts))
}
