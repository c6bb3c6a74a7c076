package policy

import "github.com/proctor-dev/proctor/supervise"

// The rules between keys, as far as a schema can say them; check has the same
// ones, and those that it cannot say.

func supervisorRules() dict {
	noSignificant := dict{"properties": dict{"children": dict{"items": dict{"properties": dict{"significant": dict{"const": false}}}}}}
	one := dict{"required": []string{"children"}, "properties": dict{"children": dict{"minItems": 1, "maxItems": 1}}}
	return dict{"allOf": []any{
		dict{
			"if":   dict{"properties": dict{"auto_shutdown": dict{"const": supervise.Never.String()}}},
			"then": noSignificant,
		},
		dict{
			"if":   dict{"required": []string{"strategy"}, "properties": dict{"strategy": dict{"const": supervise.SimpleOneForOne.String()}}},
			"then": one,
		},
	}}
}

func childRules() dict {
	needs := dict{}
	for _, key := range commandKeys() {
		needs[key] = []string{"command"}
	}
	needs["on_fail"] = []string{"every"}
	ends := []string{supervise.Transient.String(), supervise.Temporary.String()}
	return dict{
		"dependentRequired": needs,
		"allOf": []any{
			dict{"not": dict{"required": []string{"command", "supervisor"}}},
			dict{"not": dict{"required": []string{"every", "ready"}}},
			dict{"not": dict{"required": []string{"every", "pool"}}},
			dict{
				"if":   dict{"required": []string{"significant"}, "properties": dict{"significant": dict{"const": true}}},
				"then": dict{"required": []string{"restart"}, "properties": dict{"restart": dict{"enum": ends}}},
			},
			dict{
				"if":   dict{"required": []string{"pool"}},
				"then": dict{"required": []string{"ready"}, "properties": dict{"ready": dict{"required": []string{"frame"}}}},
			},
		},
	}
}

// commandKeys are those that say something about a command.
func commandKeys() []string { return []string{"env", "dir", "ready", "pool", "every"} }

// readyKinds are the keys of a ready of which there is exactly one, in order.
func readyKinds() []string { return []string{"frame", "stdout", "stderr", "tcp", "http", "command"} }

func readyRules() dict {
	var one []any
	for _, k := range readyKinds() {
		one = append(one, dict{"required": []string{k}})
	}
	return dict{
		"oneOf": one,
		"allOf": []any{
			dict{"not": dict{"required": []string{"frame", "interval"}}},
			dict{"not": dict{"required": []string{"stdout", "interval"}}},
			dict{"not": dict{"required": []string{"stderr", "interval"}}},
		},
	}
}
