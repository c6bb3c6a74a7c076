// Package policy reads supervision trees from YAML and JSON files.
package policy
