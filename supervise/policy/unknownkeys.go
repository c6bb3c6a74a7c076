package policy

import (
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/internal/nearest"
)

// unknown reports a key that is not one of an object, with what may have been
// meant, and returns that.
func (d *decoder) unknown(name *node, at, object string, known []keyInfo) (near string) {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k.name
	}
	hint := "use one of " + strings.Join(names, ", ")
	elsewhere := d.grammar.objectsWith(strings.ReplaceAll(name.text, "-", "_"))
	if other, ours := hintOfOther(name.text, names); other != "" {
		hint, near = other, ours
	} else if near = nearest.To(name.text, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(elsewhere) > 0 {
		hint = "that is a key of " + strings.Join(elsewhere, " and of ") + ": move it there"
	}
	d.failAt(name.at, at+"."+name.text, object+" has no key "+quote(name.text), hint)
	return near
}

// otherKey is what a key of another supervisor's configuration is in a file of
// ours: one of our keys, or only advice.
type otherKey struct {
	ours   string // our key for it; empty: there is none
	advice string // said in any case when there is no key, after it otherwise
}

// otherKeys are keys that people bring along from supervisord, systemd, docker
// compose, Kubernetes, pm2, foreman and runit, without case, dashes and
// underscores.
func otherKeys() map[string]otherKey {
	var (
		command  = otherKey{ours: "command", advice: "a list of the program and its arguments"}
		dir      = otherKey{ours: "dir"}
		env      = otherKey{ours: "env", advice: "one key for each variable"}
		restart  = otherKey{ours: "restart", advice: "permanent, transient or temporary"}
		after    = otherKey{ours: "after", advice: "a list of IDs"}
		shutdown = otherKey{ours: "shutdown", advice: `how long it may take to end before it is killed, such as "10s"`}
		ready    = otherKey{ours: "ready", advice: "what tells that its start is done"}
		children = otherKey{ours: "children", advice: "a list, each with an id"}
		order    = otherKey{advice: "children are started in the order of the list, and stopped in the reverse; put it where it belongs, or use after"}
		user     = otherKey{advice: "a file does not change who a program runs as; run proctor as that user, or begin command with setpriv or su"}
		limits   = otherKey{advice: "a file sets no limits yet; begin command with prlimit, or run proctor in a control group that has them"}
		signal   = otherKey{advice: "what is to end is sent TERM, and KILL when shutdown is over; a program that wants another signal needs a script that traps TERM"}
		copies   = otherKey{advice: "one child is one program; write each with an id of its own, or start instances of a simple_one_for_one"}
		output   = otherKey{advice: "what a program prints goes to the output of proctor run, each line with its path before it, and proctor logs shows it"}
	)
	return map[string]otherKey{
		"args": command, "arguments": command, "argv": command, "cmd": command, "entrypoint": command,
		"exec": command, "execstart": command, "program": command, "run": command, "script": command,
		"chdir": dir, "cwd": dir, "directory": dir, "workdir": dir, "workingdir": dir, "workingdirectory": dir,
		"environment": env, "environments": env, "vars": env, "variables": env,
		"autorestart": restart, "restartpolicy": restart, "respawn": restart, "keepalive": restart,
		"depends": after, "dependson": after, "needs": after, "requires": after, "wants": after,
		"killtimeout": shutdown, "stopgraceperiod": shutdown, "stoptimeout": shutdown, "stopwaitsecs": shutdown,
		"terminationgraceperiodseconds": shutdown, "timeoutstopsec": shutdown, "gracefultimeout": shutdown,
		"health": ready, "healthcheck": ready, "livenessprobe": ready, "readiness": ready, "readinessprobe": ready,
		"startupprobe": ready, "startsecs": ready, "waitready": ready,
		"apps": children, "processes": children, "programs": children, "services": children, "tasks": children, "workers": children,
		"priority": order, "before": order,
		"group": user, "gid": user, "uid": user, "umask": user, "user": user,
		"cpus": limits, "limits": limits, "maxmemoryrestart": limits, "memlimit": limits, "memory": limits,
		"memorymax": limits, "nofile": limits, "resources": limits, "ulimits": limits,
		"killsignal": signal, "stopsignal": signal,
		"instances": copies, "numprocs": copies, "replicas": copies, "scale": copies,
		"cron": {ours: "every", advice: `an interval, such as "1h"`}, "schedule": {ours: "every", advice: `an interval, such as "1h"`},
		"label": {ours: "id"}, "processname": {ours: "id"}, "title": {ours: "id"},
		"maxretries": {ours: "max_restarts"}, "retries": {ours: "max_restarts"}, "startretries": {ours: "max_restarts"},
		"restartdelay": {ours: "backoff", advice: "with initial, max and factor"}, "restartsec": {ours: "backoff", advice: "with initial, max and factor"},
		"log": output, "logfile": output, "output": output, "stderrlogfile": output, "stdoutlogfile": output,
		"standarderror": output, "standardoutput": output, "logging": output,
		"autostart": {advice: "each child of the file is started with the tree; leave it out of the file, or stop it by proctor stop"},
		"image":     {advice: "a child is a program of this machine; to run a container, give command the program that runs it"},
	}
}

// hintOfOther says what is here what another supervisor calls by that key, and
// our key for it if the object, whose keys are known, has one. No hint: nobody
// calls anything so, or it is no matter of this object.
func hintOfOther(name string, known []string) (hint, ours string) {
	other, ok := otherKeys()[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))]
	switch {
	case !ok:
		return "", ""
	case other.ours == "":
		if slices.Contains(known, "command") {
			return other.advice, ""
		}
		return "", ""
	case !slices.Contains(known, other.ours):
		return "", ""
	case other.advice == "":
		return "that is " + other.ours + " here", other.ours
	}
	return "that is " + other.ours + " here: " + other.advice, other.ours
}
