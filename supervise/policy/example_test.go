package policy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

func wait(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// A program has its tree in a file, and fills in what is Go code.
func ExampleFile_Spec() {
	file, err := policy.Parse("shop.yaml", []byte(`
name: shop
supervisor:
  strategy: rest_for_one
  children:
    - {id: stock, shutdown: 10s}
    - id: mail
      supervisor:
        intensity: 5
        period: 1m
        children:
          - {id: sender, restart: transient}
`), nil)
	if err != nil {
		log.Fatal(err)
	}
	spec, err := file.Spec(policy.Fill{Children: map[string]supervise.ChildSpec{
		"stock":       supervise.Go("stock", wait),
		"mail/sender": supervise.Go("sender", wait),
	}})
	if err != nil {
		log.Fatal(err)
	}
	ctx, sys := context.Background(), actor.NewSystem()
	sup, err := supervise.Start(ctx, sys, spec)
	if err != nil {
		log.Fatal(err)
	}
	children, err := sup.WhichChildren(ctx)
	fmt.Println(len(children), err, sup.Path())
	fmt.Println(sys.Close(ctx))
	// Output:
	// 2 <nil> shop
	// <nil>
}

// All mistakes come at once.
func ExampleParse() {
	_, err := policy.Parse("shop.yaml", []byte(`
supervisor:
  stratgy: one_for_all
  period: 5
  children:
    - {id: web, restart: permament}
    - {id: web, command: [web], max_restarts: {intensity: -1}}
    - {id: api, after: [db], command: [api, "${API_KEY}"]}
    - {id: db}
`), func(string) (string, bool) { return "", false })
	fmt.Println(err)
	// Output:
	// shop.yaml:3:3: a supervisor has no key "stratgy"; did you mean strategy?
	// shop.yaml:4:11: period is 5, which has no unit; write it with one, such as "5s" or "5ms"
	// shop.yaml:6:26: restart is "permament", which is not known; did you mean permanent?
	// shop.yaml:7:12: id "web" is also that of the child in line 6; give each child of a supervisor its own id
	// shop.yaml:7:59: intensity is -1, which is negative; write a whole number from 0 to 1000000000
	// shop.yaml:8:25: after names "db", which is started later; move that child up, before this one
	// shop.yaml:8:45: command[1] uses the variable API_KEY, which is not set; set it, or write "${API_KEY:-default}"
}

// What would a changed file do to the running tree?
func ExampleDiff() {
	parse := func(text string) *policy.File {
		f, err := policy.Parse("shop.yaml", []byte(text), nil)
		if err != nil {
			log.Fatal(err)
		}
		return f
	}
	before := parse(`supervisor: {children: [{id: redis, command: [redis-server]}, {id: web, command: [web]}]}`)
	after := parse(`
supervisor:
  children:
    - {id: redis, command: [redis-server], shutdown: 1m}
    - {id: web, command: [web, --fast]}
    - {id: mail, command: [mail]}
`)
	fmt.Println(policy.Diff(before, after))
	// Output:
	// top: add mail; restart web; retune redis
}

// A program that is shown keeps its secrets.
func ExampleCommand() {
	env := func(string) (string, bool) { return "hunter2", true }
	file, err := policy.Parse("shop.yaml", []byte(`supervisor: {children: [{id: web, command: [web, "--key=${KEY}"]}]}`), env)
	if err != nil {
		log.Fatal(err)
	}
	_, err = file.Spec(policy.Fill{Command: func(c policy.Command) (supervise.ChildSpec, error) {
		fmt.Println(c.Path, "runs", c)
		fmt.Println(len(c.Args), c.Args[1] == "--key=hunter2")
		return supervise.Go(c.ID, wait), nil
	}})
	fmt.Println(err)
	// Output:
	// web runs web --key=${KEY}
	// 2 true
	// <nil>
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "policy")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	path := filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(`supervisor: {children: [{id: web, command: [web]}]}`), 0o600); err != nil {
		log.Fatal(err)
	}
	file, err := policy.Load(path, policy.Options{})
	if err != nil {
		log.Fatal(err)
	}
	spec, err := file.Spec(policy.Fill{Command: func(c policy.Command) (supervise.ChildSpec, error) { return supervise.Go(c.ID, wait), nil }})
	fmt.Println(len(spec.Children), err)
	// Output: 1 <nil>
}

// A changed file is brought to the running tree with the fewest restarts.
func ExampleApply() {
	parse := func(text string) *policy.File {
		f, err := policy.Parse("shop.yaml", []byte(text), nil)
		if err != nil {
			log.Fatal(err)
		}
		return f
	}
	fill := policy.Fill{Command: func(c policy.Command) (supervise.ChildSpec, error) { return supervise.Go(c.ID, wait), nil }}
	before := parse(`supervisor: {children: [{id: web, command: [web]}]}`)
	after := parse(`supervisor: {children: [{id: web, command: [web]}, {id: mail, command: [mail]}]}`)
	spec, err := before.Spec(fill)
	if err != nil {
		log.Fatal(err)
	}
	ctx, sys := context.Background(), actor.NewSystem()
	top, err := supervise.Start(ctx, sys, spec)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(policy.Apply(ctx, sys, top, before, after, fill))
	children, err := top.WhichChildren(ctx)
	fmt.Println(len(children), err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// top: add mail <nil>
	// 2 <nil>
	// <nil>
}

// A file as the tree of a scenario, which package scenario plays.
func ExampleScenario() {
	tree, warnings, err := policy.Scenario("shop.yaml", []byte(`supervisor: {strategy: one_for_all, children: [{id: web}]}`))
	fmt.Println(json.Valid(tree), warnings, err)
	// Output: true [] <nil>
}

// The schema by which editors complete and check.
func ExampleSchema() {
	schema, err := policy.Schema()
	fmt.Println(json.Valid(schema), err)
	// Output: true <nil>
}
