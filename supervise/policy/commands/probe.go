package commands

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/proctor-dev/proctor/procactor/ready"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// tcp is ready.TCP whose error names the address as the file has it.
func tcp(r policy.Ready) func(context.Context) error {
	probe := ready.TCP(r.TCP)
	return func(ctx context.Context) error { return told(r, probe(ctx)) }
}

// http is ready.HTTP whose error names the URL as the file has it.
func http(r policy.Ready) func(context.Context) error {
	probe := ready.HTTP(r.HTTP)
	return func(ctx context.Context) error { return told(r, probe(ctx)) }
}

// told is the error of a probe without what may have come from a variable.
func told(r policy.Ready, err error) error {
	var status *ready.StatusError
	var get *url.Error
	var dial *net.OpError
	var lookup *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status):
		return fmt.Errorf("%v: %s", r, status.Status)
	case errors.As(err, &lookup): // names the host
		return fmt.Errorf("%v: its host is not found: %s", r, lookup.Err)
	case errors.As(err, &dial): // also within a url.Error
		return fmt.Errorf("%v: %w", r, dial.Err)
	case errors.As(err, &get):
		return fmt.Errorf("%v: %w", r, get.Err)
	}
	return fmt.Errorf("%v: %w", r, err)
}
