package procactor

// canTerminate tells that there is no signal that asks a process to end.
const canTerminate = false

func (c *child) terminateGroup() {}
