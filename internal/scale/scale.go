// Package scale says how large a sample a test plays. Some tests would play
// thousands of rounds, each with processes of its own: at every byte of a wire,
// at every time of a kill. `go test ./...` plays a small sample of them, `.ci/run`
// as many as the machine can bear, which are all on one that starts a process in
// a few milliseconds.
package scale

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Variable is the environment variable that sets the scale: a whole number from
// 1 on, by which the small samples are multiplied. Unset or empty means 1.
const Variable = "PROCTOR_TEST_SCALE"

// Rounds is how many rounds a test plays: small of them by default, a multiple
// of that under a larger scale, and never more than whole. A scale that is none
// fails the test.
func Rounds(t testing.TB, small, whole int) int {
	t.Helper()
	factor, err := parse(os.Getenv(Variable))
	if err != nil {
		t.Fatal(err)
	}
	n := rounds(factor, small, whole)
	t.Logf("%d of %d rounds", n, whole)
	return n
}

// Sample is so many of all, in their order, as [Rounds] says. Which ones differs
// from run to run; their seed is logged.
func Sample[T any](t testing.TB, small int, all []T) []T {
	t.Helper()
	n := Rounds(t, small, len(all))
	if n == len(all) {
		return all
	}
	seed := rand.Uint64()
	t.Logf("their seed is %d", seed)
	return sample(seed, n, all)
}

func parse(text string) (factor int, err error) {
	if text == "" {
		return 1, nil
	}
	factor, err = strconv.Atoi(text)
	if err != nil || factor < 1 {
		return 0, fmt.Errorf("%s is %q, needs a whole number from 1 on, or nothing", Variable, text)
	}
	return factor, nil
}

// rounds does not multiply what would be too large to be one.
func rounds(factor, small, whole int) int {
	if small >= whole || factor >= (whole+small-1)/small {
		return whole
	}
	return factor * small
}

// sample is n of all, in their order: each as likely as any other.
func sample[T any](seed uint64, n int, all []T) []T {
	random := rand.New(rand.NewPCG(seed, 0))
	some := make([]T, 0, n)
	for i, v := range all {
		if random.IntN(len(all)-i) < n-len(some) {
			some = append(some, v)
		}
	}
	return some
}
