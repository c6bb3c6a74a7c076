package policy

// Value is the file as a JSON Schema sees it.
func Value(name string, data []byte) (any, error) {
	b := &builder{file: name}
	root := b.parse(data)
	if len(b.errs) > 0 {
		return nil, b.errs.sorted()
	}
	return plainValue(root), nil
}
