package analyze

// Request names one file. It is what travels to a worker, so it holds no more
// than a worker needs to find the file.
type Request struct {
	// Src is the folder that Path is relative to, in the form of the
	// operating system.
	Src string
	// Path is the file below Src, separated by slashes on every system.
	Path string
	// Crash makes the first attempt at this request end its process by a
	// segmentation fault; later attempts are answered. False: no fault.
	Crash bool
}

// Function is one func declaration.
type Function struct {
	Name       string // the identifier alone
	Line       int    // where the word func stands, from 1
	Lines      int    // from func to the closing brace, both included
	Complexity int    // at least 1
}

// Result is what one file was measured at. All fields are exported, so that
// any codec carries it.
type Result struct {
	Path      string     // as in the request
	Lines     int        // newlines in the file
	Functions []Function // in the order of the file
}
