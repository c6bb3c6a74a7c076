package output

// Print prints a line of another board.
func (b *Board) Print(l Line) {
	to := b.stdout
	if l.Stream == Stderr {
		to = b.stderr
	}
	to.put(l)
}
