package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// scene has one child after the other fail.
type scene struct {
	ctx   context.Context
	out   io.Writer
	sys   *actor.System
	shop  *supervise.Supervisor
	world *world
	next  func() (supervise.Event, bool)
}

// errEnded says that the tree ended in the middle.
var errEnded = errors.New("the tree has ended")

// until prints what the supervisors decide, up to that.
func (s *scene) until(kind supervise.EventKind, child string) error {
	for {
		e, ok := s.next()
		if !ok {
			return errEnded
		}
		fmt.Fprintln(s.out, "   ", e)
		if e.Kind == kind && e.Child == child {
			return nil
		}
	}
}

// stock panics. The Ref stays good: the next life answers.
func (s *scene) stock() error {
	stock := actor.RefAt[int, int](s.sys, "shop/stock")
	for _, add := range []int{40, -50} {
		n, err := stock.Call(s.ctx, add)
		fmt.Fprintf(s.out, "stock: %+d: %d, %v\n", add, n, err)
	}
	if err := s.until(supervise.EventStarted, "stock"); err != nil {
		return err
	}
	n, err := stock.Call(s.ctx, 2)
	fmt.Fprintf(s.out, "stock: %+d: %d, %v\n", 2, n, err)
	return err
}

// prices is a process that exits.
func (s *scene) prices() error {
	prices := price.On(procactor.HostAt(s.sys, "shop/prices"))
	_, err := prices.Call(s.ctx, -1)
	fmt.Fprintf(s.out, "prices: %v\n", err)
	if err := s.until(supervise.EventStarted, "prices"); err != nil {
		return err
	}
	p, err := prices.Call(s.ctx, 7)
	fmt.Fprintf(s.out, "prices: article 7 is %d, %v\n", p, err)
	return err
}

// feeds: one of them fails until its circuit opens.
func (s *scene) feeds() error {
	fmt.Fprintln(s.out, "feeds: north hangs up, and does not answer any more")
	s.world.northDown.Store(true)
	s.world.hangUp <- struct{}{}
	if err := s.until(supervise.EventCircuitOpened, "north"); err != nil {
		return err
	}
	s.world.northDown.Store(false)
	fmt.Fprintln(s.out, "feeds: north is mended, and resumed")
	if err := supervise.SupervisorAt(s.sys, "shop/feeds").ResumeChild(s.ctx, "north"); err != nil {
		return err
	}
	return s.until(supervise.EventStarted, "north")
}

// audit fails in a way for which the file has a rule.
func (s *scene) audit() error {
	fmt.Fprintln(s.out, "audit: it will find something")
	s.world.cooked.Store(true)
	return s.until(supervise.EventExited, "audit")
}

// reload changes the file, first to a wrong one.
func (s *scene) reload(file *policy.File, tree string) error {
	text, err := os.ReadFile(tree)
	if err != nil {
		return err
	}
	wrong := strings.Replace(string(text), "strategy:", "stratagy:", 1)
	_, err = policy.Parse("tree.yaml", []byte(wrong), os.LookupEnv)
	fmt.Fprintf(s.out, "reload: nothing is changed: %v\n", err)
	right := strings.Replace(string(text), "shutdown: 2s", "shutdown: 3s", 1) + "          - id: west\n"
	to, err := policy.Parse("tree.yaml", []byte(right), os.LookupEnv)
	if err != nil {
		return err
	}
	fill := s.world.fill()
	fill.Children["feeds/west"] = supervise.Go("west", south)
	fmt.Fprintln(s.out, "reload: another shutdown for prices, and one more feed")
	if _, err := policy.Apply(s.ctx, s.sys, s.shop, file, to, fill); err != nil {
		return err
	}
	if err := s.until(supervise.EventStarted, "west"); err != nil {
		return err
	}
	return s.list()
}

// list prints the tree as it is.
func (s *scene) list() error {
	snapshot, err := s.shop.Snapshot(s.ctx)
	if err != nil {
		return err
	}
	for _, c := range snapshot.Children {
		fmt.Fprintf(s.out, "%s: %s, restarted %d times\n", c.ID, c.Phase, c.Restarts)
	}
	return nil
}
