// Package measure holds what every measured program does alike: it times an
// operation over and over, reduces the times to percentiles and prints them as
// JSON for the program that started it. It imports the standard library alone,
// so that the programs of the peers link nothing of Proctor.
package measure
