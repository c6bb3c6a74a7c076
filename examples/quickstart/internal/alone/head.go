package alone

// maxStderr is how much of a child's standard error is kept, in bytes. The
// reason of a death comes before its stack traces.
const maxStderr = 64 << 10

// head keeps the beginning of what is written to it and takes the rest.
type head struct{ bytes []byte }

// Write never fails, so the child is never held up.
func (h *head) Write(p []byte) (int, error) {
	h.bytes = append(h.bytes, p[:min(len(p), maxStderr-len(h.bytes))]...)
	return len(p), nil
}
