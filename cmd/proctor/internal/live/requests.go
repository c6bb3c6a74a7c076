package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// of returns the supervisor of a child, and the child's id there.
func (t *Tree) of(ctx context.Context, path string) (*supervise.Supervisor, string, error) {
	full, err := t.Find(ctx, path)
	if err != nil {
		return nil, "", err
	}
	parent, id := cutLast(full)
	return t.at(parent), id, nil
}

// at is a handle on the supervisor at the path below the root.
func (t *Tree) at(path string) *supervise.Supervisor {
	if path == "" {
		return t.top()
	}
	return supervise.SupervisorAt(t.sys, t.name()+"/"+path)
}

func cutLast(path string) (parent, id string) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[:i], path[i+1:]
		}
	}
	return "", path
}

// Stop implements [control.Tree]: of the root it is what TERM is. A client that
// goes kills nobody.
func (t *Tree) Stop(ctx context.Context, path string) error {
	if path == "" {
		t.Halt()
		return nil
	}
	sup, id, err := t.of(ctx, path)
	if err != nil {
		return err
	}
	return told(sup.TerminateChild(supervise.LetFinish(ctx), id))
}

// errRoot refuses what is not for the whole tree.
var errRoot = &control.Error{Code: control.CodeConflict, Message: "that is for a child, not for the whole tree"}

// Start implements [control.Tree]. A child that is down for want of a budget is
// resumed with its group, and one that waits in its backoff is started now; one
// that its supervisor has forgotten is started as the file has it. Of a
// simple_one_for_one that runs, or its template, it is one more instance.
func (t *Tree) Start(ctx context.Context, path string) error {
	if path == "" {
		return errRoot
	}
	if done, err := t.bringBack(ctx, path); done {
		return told(err)
	}
	f, err := t.findAny(ctx, path)
	if err != nil {
		if pool := t.withTemplate(ctx, path); pool != nil {
			_, err = pool.StartInstance(ctx, nil)
		}
		return told(err)
	}
	parent, id := cutLast(f.path)
	sup := t.at(parent)
	if err := sup.ResumeChild(ctx, id); !errors.Is(err, supervise.ErrNotOpen) {
		return told(err)
	}
	_, err = sup.RestartChild(ctx, id)
	if errors.Is(err, supervise.ErrRestarting) { // as OTP has it: whoever does not want to wait terminates it first
		if err := sup.TerminateChild(supervise.LetFinish(ctx), id); err != nil {
			return told(err)
		}
		// Also for a client that has gone since: it asked for no child that is down.
		_, err = sup.RestartChild(context.WithoutCancel(ctx), id)
	}
	if errors.Is(err, supervise.ErrRunning) && t.hasTemplate(ctx, path) {
		full, _ := t.Find(ctx, path)
		_, err = t.at(full).StartInstance(ctx, nil)
	}
	if errors.Is(err, supervise.ErrRunning) {
		err = fmt.Errorf("%w; proctor restart %s has it begin anew", err, f.path)
	}
	return told(err)
}

func (t *Tree) hasTemplate(ctx context.Context, path string) bool {
	full, err := t.Find(ctx, path)
	if err != nil {
		return false
	}
	snap, err := t.at(full).Snapshot(ctx)
	return err == nil && snap.Policy.Template != ""
}

// Restart implements [control.Tree]: it stops one child, and starts it again. A
// temporary one, which its supervisor forgets when it is stopped, is started as
// the file has it.
func (t *Tree) Restart(ctx context.Context, path string) error {
	if path == "" {
		return errRoot
	}
	if done, err := t.bringBack(ctx, path); done {
		return told(err)
	}
	f, err := t.findAny(ctx, path)
	if err != nil {
		return err
	}
	parent, id := cutLast(f.path)
	sup := t.at(parent)
	temporary, err := comesBack(ctx, sup, id)
	if err != nil {
		return told(err)
	}
	err = sup.TerminateChild(supervise.LetFinish(ctx), id)
	var left *actor.CloseError // it is replaced all the same
	switch {
	case err == nil, errors.As(err, &left):
	case errors.Is(err, supervise.ErrNotFound): // it has just ended, or was stopped by another client
		temporary = true
	case ctx.Err() == nil || errors.Is(err, actor.ErrNotStarted):
		return told(err)
	}
	ctx = context.WithoutCancel(ctx) // also for a client that has gone since: it asked for no child that is down
	if temporary {
		_, _ = sup.WhichChild(ctx, id) // answered when the stop is over, if it goes on
		_, err = t.bringBack(ctx, f.path)
		return told(err) // nil when another client has started it since
	}
	_, err = sup.RestartChild(ctx, id)
	if errors.Is(err, supervise.ErrRunning) { // it was stopped: another client has started it since
		return nil
	}
	return told(err)
}

// comesBack says whether a child is temporary, and refuses to have an instance
// restarted: once stopped it would be gone.
func comesBack(ctx context.Context, sup *supervise.Supervisor, id string) (temporary bool, err error) {
	snap, err := sup.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	if snap.Policy.Template != "" {
		return false, &control.Error{Code: control.CodeConflict, Message: fmt.Sprintf("%q is an instance: once stopped it would be gone, and is left as it is", id)}
	}
	for _, c := range snap.Children {
		temporary = temporary || c.ID == id && c.Restart == supervise.Temporary
	}
	return temporary, nil
}

// Reload implements [control.Tree]. A file with mistakes changes nothing. What
// has begun goes on when the client goes: half of a change is in no file.
func (t *Tree) Reload(ctx context.Context) (control.Changes, error) {
	type outcome struct {
		changes control.Changes
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		changes, err := t.apply(context.WithoutCancel(ctx))
		done <- outcome{changes, err}
	}()
	select {
	case o := <-done:
		return o.changes, o.err
	case <-ctx.Done():
		return control.Changes{}, ctx.Err()
	}
}

func (t *Tree) apply(ctx context.Context) (control.Changes, error) {
	var none control.Changes
	if err := t.hold(ctx); err != nil {
		return none, err
	}
	defer t.release()
	next, err := t.Load()
	if err != nil {
		t.Log.Error("the policy is not reloaded: nothing has changed", "error", err)
		return none, &control.Error{Code: control.CodeFailed, Message: err.Error()}
	}
	t.mu.Lock()
	now := t.program
	t.mu.Unlock()
	was, _ := t.top().Snapshot(ctx) // Apply says why there is none
	changes, err := policy.Apply(ctx, t.sys, t.top(), now.File, next.File, next.Fill)
	var anew *policy.RestartError
	var wrong policy.Errors
	var failed *actor.StartError
	switch {
	case errors.As(err, &anew), errors.As(err, &wrong):
		t.Log.Error("the policy is not reloaded: nothing has changed", "error", err)
		return none, &control.Error{Code: control.CodeConflict, Message: err.Error()}
	case errors.Is(err, actor.ErrNoActor) && !errors.As(err, &failed): // the top ends, or is not there yet
		t.Log.Error("the policy is not reloaded: the tree does not run", "error", err)
		return none, told(err)
	case err != nil:
		outcome := "the policy is reloaded, but not all of it came up"
		if !errors.As(err, &failed) {
			outcome = "the policy is reloaded, but not all that it ends has ended"
		}
		t.Log.Error(outcome, "error", err)
		t.use(next)
		return none, told(fmt.Errorf("%s: %w", outcome, err))
	}
	for line := range strings.Lines(changes.String()) {
		t.Log.Info("the policy is reloaded: " + strings.TrimSuffix(line, "\n"))
	}
	t.use(next)
	is, err := t.top().Snapshot(ctx)
	if err != nil {
		return none, told(err)
	}
	return changed(t.programs(was), t.programs(is), changes), nil
}

func (t *Tree) use(p Program) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.program = p
}

// told is an error as a client is told it.
func told(err error) error {
	code := control.CodeFailed
	var known *control.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, supervise.ErrNotFound):
		code = control.CodeNotFound
	case errors.Is(err, supervise.ErrRunning), errors.Is(err, supervise.ErrRestarting), errors.Is(err, supervise.ErrSimpleOneForOne),
		errors.Is(err, supervise.ErrAlreadyStarted), errors.Is(err, supervise.ErrAlreadyPresent), errors.Is(err, supervise.ErrNotOpen):
		code = control.CodeConflict
	case errors.Is(err, actor.ErrNoActor):
		return &control.Error{Code: control.CodeGone, Message: fmt.Sprintf("the tree, or this part of it, is ending: %v", err)}
	}
	return &control.Error{Code: code, Message: err.Error()}
}

var _ control.Tree = (*Tree)(nil)
