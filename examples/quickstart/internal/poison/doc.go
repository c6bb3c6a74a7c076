// Package poison makes the three inputs that end or hang a whole Go program,
// past any recover.
package poison
