// Package policy reads supervision trees from YAML and JSON files, and applies
// changed files to running trees.
//
// # A file
//
//	# yaml-language-server: $schema=https://raw.githubusercontent.com/proctor-dev/proctor/main/supervise/policy/policy.schema.json
//	version: 1
//	name: shop
//	supervisor:
//	  strategy: rest_for_one           # one_for_one, one_for_all, rest_for_one, simple_one_for_one
//	  intensity: 5                     # restarts allowed…
//	  period: 1m                       # …within this time
//	  backoff: {initial: 100ms, max: 10s}
//	  on_exit:
//	    - {when: {signal: SIGSEGV}, do: escalate}
//	    - {when: {exit_code: [2, 3]}, do: stop}
//	  children:
//	    - id: redis
//	      command: [redis-server, --port, 6379, --requirepass, "${REDIS_PASSWORD}"]
//	      dir: /var/lib/redis
//	      ready: {tcp: "127.0.0.1:6379", timeout: 10s}
//	    - id: web
//	      after: [redis]
//	      command: [web, --listen, ":${PORT:-8080}"]
//	      env: {REDIS: "127.0.0.1:6379", DEBUG: false}
//	      ready: {http: "http://127.0.0.1:${PORT:-8080}/health"}
//	      shutdown: 30s
//	    - id: mailer                   # neither command nor supervisor: a Go program fills it in
//	      restart: transient
//	    - id: jobs
//	      supervisor:
//	        children:
//	          - {id: render, command: [render-worker], ready: {frame: true}, pool: {size: 4}}
//	          - {id: cleanup, command: [cleanup, --old], every: 1h, on_fail: log}
//
// All keys, with what they mean and what their defaults are, are in
// docs/policy.md and in the JSON Schema of [Schema], policy.schema.json in the
// repository: an editor that is told of it by the first line above completes and
// checks as one types. A file whose name ends in .json is JSON, with the same
// keys, and names the schema by the key "$schema" at the root.
//
// The order of the children is the order of starting, each when the one before
// is ready; that is what dependencies are said by. The key after holds the
// order to them: it must name siblings that come before. Under rest_for_one a
// child is restarted with those that come before it.
//
// A child that fails at the first start ends the whole, however much intensity
// there is: that is OTP's rule, boot: stop. With boot: restart it counts as a
// restart, and those behind it wait. Meanwhile the tree can be asked, and others
// be stopped, started and restarted; to stop the child that starts, or waits for
// its next try, has the next one's turn come.
//
// A run of a child with every that fails is a crash of the child, which is
// restarted, and has the budget of its supervisor used up when it fails often.
// With on_fail: log it is only logged and told, and the next run comes at its
// time. (restart: temporary would forget the child.)
//
// Durations are texts with units, such as "500ms", "1.5s", "2m30s" or "1d".
//
// Variables are expanded in command, env, dir and ready (but for the regular
// expressions of its stdout and stderr), as ${VAR} and ${VAR:-default}, after
// the file was parsed: no value can change what the file is. A variable without
// a default must be set. "$${" is a "${" that stays; any other "$" is itself. In command
// and env a number, true and false are taken as they are written; any other text
// that YAML does not take for one needs quotes.
//
// Anchors, aliases and merges ("<<") may be used; keys at the root that begin
// with "x-" are left alone, and are a place for anchors.
//
// # Usage
//
// A program that embeds a tree gives the children that are Go code, by their
// path below the top:
//
//	file, err := policy.Load("shop.yaml", policy.Options{})
//	spec, err := file.Spec(policy.Fill{
//		Children: map[string]supervise.ChildSpec{"mailer": supervise.Go("mailer", mail)},
//		Command:  commands.Maker(commands.Options{}), // of package supervise/policy/commands
//	})
//	sup, err := supervise.Start(ctx, sys, spec)
//
// A child that is missing, or that the file has not, is an error at the place.
// [Apply] makes the running tree that of a changed file, by the fewest restarts;
// [Diff] says which those are.
//
// # Errors
//
// All mistakes of a file are reported at once, as [Errors], each an *[Error]
// with its line, its column, what is wrong, and what would be right:
//
//	shop.yaml:4:3: a supervisor has no key "stratgy"; did you mean strategy?
//	shop.yaml:9:15: restart is "permament", which is not known; did you mean permanent?
//
// Only where the text is no YAML or JSON at all, the first mistake is the only
// one; its column is where the parser gave up, which can be a little behind it.
//
// # Limits
//
// A file has at most 1 MiB; with what its aliases stand for, 200,000 values in 200
// levels, and 4 MiB of texts; and with what its variables stand for, 4 MiB of texts
// that have some.
//
// # Secrets
//
// The values of env and what came from variables are in no error and no log
// line, and not in a printed [Command], [Ready] or [Node]: these show the names
// of variables. What stands in the file itself outside of env is no secret.
package policy
