// Command benchmarks measures Proctor next to the limit and the peer that each
// number is to be compared with, in one run, and prints a Markdown table.
//
//	go -C benchmarks run .          all of it, about a minute and a half
//	go -C benchmarks run . -quick   few short rounds, nothing is judged
//	go -C benchmarks run . -json    for programs
//
// The method: every series is measured once per round by processes of their
// own (where a kernel puts a pair of processes stays for as long as they live,
// and moves the times by far more than what is compared here), rounds are
// interleaved and each begins with another series, a series is the median of
// its rounds' medians, and only the ratio of two series of one run counts.
package main
