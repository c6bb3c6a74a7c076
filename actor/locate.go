package actor

// Locate returns the system and the path that name would get at the spawner,
// for those who write another kind of actor and need both to make its cell.
// Errors, as *[StartError]: [ErrName], [ErrNoSpawner].
func Locate(at Spawner, name string) (*System, string, error) {
	sys, _, path, err := spotOf(at, name)
	if err != nil {
		return nil, "", &StartError{Name: name, Err: err}
	}
	return sys, path, nil
}

// spotOf is what the spawner says of the name, if there is a spawner.
func spotOf(at Spawner, name string) (*System, *Slot, string, error) {
	if at == nil || at == (*System)(nil) || at == (*Slot)(nil) {
		return nil, nil, "", ErrNoSpawner
	}
	return at.spawner(name)
}
