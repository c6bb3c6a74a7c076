package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// dependency is a module that something of ours links.
type dependency struct {
	Path, Version string
	Dir           string // where its files are
	Main          bool
	Replace       *dependency
}

// listedPackage is the part of go list's answer that is read.
type listedPackage struct {
	Module *dependency
}

// dependencies returns what the packages of the module in dir link, each with
// its strongest use, in the order of their paths.
func dependencies(dir string) (map[dependency]use, error) {
	all := map[dependency]use{}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, u := range []use{forTests, linked} {
			args := []string{"list", "-deps", "-json=Module"}
			if u == forTests {
				args = append(args, "-test")
			}
			found, err := list(dir, goos, append(args, "./..."))
			if err != nil {
				return nil, err
			}
			for _, d := range found {
				all[d] = max(all[d], u)
			}
		}
	}
	return all, nil
}

func list(dir, goos string, args []string) ([]dependency, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v in %s: %w", cmd.Args, dir, err)
	}
	var found []dependency
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		err := dec.Decode(&p)
		switch {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, err
		case p.Module == nil || p.Module.Main: // the standard library; ourselves
			continue
		}
		d := *p.Module
		if d.Replace != nil {
			if d.Replace.Version == "" {
				continue // another folder of this repository
			}
			d.Dir = d.Replace.Dir
		}
		d.Replace = nil
		found = append(found, d)
	}
}

// licenseOf reads the license files at the top of a module.
func licenseOf(dir string) ([]license, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []license
	for _, e := range entries {
		if !isLicenseFile(e.Name()) || e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, identify(string(text))...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) == 0 {
		return nil, errors.New("no license file")
	}
	return found, nil
}

// isLicenseFile goes by the name; a table is a list of other people's licenses.
func isLicenseFile(name string) bool {
	name = strings.ToUpper(name)
	if strings.HasSuffix(name, ".CSV") {
		return false
	}
	british := "LICEN" + "CE" // in two, for the spell checker
	return strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, british) || strings.HasPrefix(name, "COPYING")
}
