package control

import (
	"context"
	"net"
)

// Dial connects without a word.
func Dial(ctx context.Context, address string) (net.Conn, error) { return dial(ctx, address) }
