// Package random makes scenarios by chance, and smaller ones of those. What is
// left out is what OTP does not define: see [Defined].
package random
