package main

import "strings"

// license is the SPDX identifier of a license, or "" for one that is not
// recognized.
type license string

const (
	apache2 license = "Apache-2.0"
	bsd2    license = "BSD-2-Clause"
	bsd3    license = "BSD-3-Clause"
	isc     license = "ISC"
	mit     license = "MIT"
	mpl2    license = "MPL-2.0"
)

// use is what a module is needed for.
type use uint8

const (
	forTests use = iota // by tests only: it reaches no user
	linked              // by a package that users link
)

func (u use) String() string {
	if u == linked {
		return "linked"
	}
	return "tests"
}

// allowed is the list. Those for all uses ask for no more than their notice.
// MPL-2.0 asks that changes to its files are given away; a test library is
// neither changed nor shipped.
func (l license) allowed(u use) bool {
	switch l {
	case apache2, bsd2, bsd3, isc, mit:
		return true
	case mpl2:
		return u == forTests
	}
	return false
}

// identify recognizes the licenses of a text by the sentences that only they
// have. Whether several are a choice or all bind is for people to read, so all
// of them have to be allowed; one that is not recognized is "".
func identify(text string) []license {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	has := func(parts ...string) bool {
		for _, p := range parts {
			if !strings.Contains(text, p) {
				return false
			}
		}
		return true
	}
	var found []license
	if has("apache license", "version 2.0, january 2004", "terms and conditions for use, reproduction, and distribution") {
		found = append(found, apache2)
	}
	if has("permission is hereby granted, free of charge, to any person obtaining a copy") {
		found = append(found, mit)
	}
	if has("permission to use, copy, modify, and/or distribute this software for any purpose") ||
		has("permission to use, copy, modify, and distribute this software for any purpose") {
		found = append(found, isc)
	}
	mozilla := has("mozilla public license", "version 2.0", "1. definitions")
	if mozilla {
		found = append(found, mpl2)
	}
	if has("redistribution and use in source and binary forms", "redistributions of source code must retain") {
		if has("endorse or promote products") {
			found = append(found, bsd3)
		} else {
			found = append(found, bsd2)
		}
	}
	gnu := has("gnu general public license") || has("gnu lesser general public license") || has("gnu affero general public license")
	if gnu && !mozilla { // MPL-2.0 names them in a definition
		found = append(found, "")
	}
	if len(found) == 0 {
		return []license{""}
	}
	return found
}
