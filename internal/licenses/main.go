package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	dirs := os.Args[1:]
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	for _, dir := range dirs {
		ok, err := check(os.Stdout, dir)
		if err != nil {
			fmt.Fprintln(os.Stderr, "licenses:", err)
		}
		if err != nil || !ok {
			os.Exit(1)
		}
	}
}

// check prints the dependencies of the module in dir and reports whether all
// are allowed.
func check(w io.Writer, dir string) (bool, error) {
	all, err := dependencies(dir)
	if err != nil {
		return false, err
	}
	sorted := make([]dependency, 0, len(all))
	for d := range all {
		sorted = append(sorted, d)
	}
	slices.SortFunc(sorted, func(a, b dependency) int { return cmp.Compare(a.Path, b.Path) })
	ok := true
	for _, d := range sorted {
		u := all[d]
		l, err := licenseOf(d.Dir)
		verdict := "ok"
		if err != nil || slices.ContainsFunc(l, func(one license) bool { return !one.allowed(u) }) {
			ok, verdict = false, "NOT ALLOWED"
		}
		if err != nil {
			verdict += ": " + err.Error()
		}
		fmt.Fprintf(w, "%-55s %-42s %-13s %-7s %s\n", d.Path, d.Version, names(l), u, verdict)
	}
	return ok, nil
}

// names joins the licenses for people.
func names(ls []license) string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = string(cmp.Or(l, "unknown"))
	}
	return strings.Join(out, ", ")
}
