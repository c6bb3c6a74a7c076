// Package table folds the measures of many files into one table. It is pure:
// values in, values and bytes out.
package table
