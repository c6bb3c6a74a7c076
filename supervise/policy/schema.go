package policy

import (
	"encoding/json"
	"maps"
)

// schemaID is where the schema can be fetched.
const schemaID = "https://raw.githubusercontent.com/proctor-dev/proctor/main/supervise/policy/policy.schema.json"

// Schema returns the JSON Schema (2020-12) of the files, by which editors
// complete and check. It is made from the definitions that the decoder reads
// by, and lies in the repository as policy.schema.json. What a schema cannot
// say, such as that no id is used twice, only Load and Parse find.
func Schema() ([]byte, error) {
	g := newGrammar()
	defs := dict{}
	var root dict
	for _, o := range g.objects() {
		if o.ref == "" {
			root = o.schema()
			continue
		}
		defs[o.ref] = o.schema()
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = schemaID
	root["title"] = "A supervision tree of Proctor"
	root["$defs"] = defs
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

func (o shape) schema() dict {
	properties := dict{}
	required := []string{}
	for _, k := range o.infos {
		p := maps.Clone(k.schema)
		p["description"] = k.doc
		properties[k.name] = p
		if k.required {
			required = append(required, k.name)
		}
	}
	s := dict{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if o.open != "" {
		s["patternProperties"] = dict{"^" + o.open: true}
	}
	maps.Copy(s, o.rules)
	return s
}
