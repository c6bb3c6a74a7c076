package actor

// Locate returns the system and the path that name would get at the spawner,
// for those who write another kind of actor and need both to make its cell.
// Errors, as *[StartError]: [ErrName].
func Locate(at Spawner, name string) (*System, string, error) {
	sys, _, path, err := at.spawner(name)
	if err != nil {
		return nil, "", &StartError{Name: name, Err: err}
	}
	return sys, path, nil
}
