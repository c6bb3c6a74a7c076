package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// named gives the scenario a name by what it says, and writes it.
func named(s *scenario.Scenario) (text []byte, name string, err error) {
	c := *s
	c.Name = ""
	text, err = json.Marshal(c)
	if err != nil {
		return nil, "", err
	}
	c.Name = fmt.Sprintf("found-%.8x", sha256.Sum256(text))
	text, err = json.MarshalIndent(c, "", " ")
	return append(text, '\n'), c.Name, err
}
