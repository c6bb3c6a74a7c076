// Command minimal is the least Go program that can show it has started: it
// writes one byte and ends.
package main

import "os"

func main() {
	_, _ = os.Stdout.Write([]byte{1})
}
