package ready

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// TCP returns a probe that succeeds when the address, such as
// "127.0.0.1:6379", accepts a connection, which is closed at once.
func TCP(address string) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// StatusError says that an HTTP probe was answered, but not by a status of 200
// to 399.
type StatusError struct {
	URL    string // as it was asked for, without user and password
	Status string // such as "503 Service Unavailable"
}

// Error names the address and the status.
func (e *StatusError) Error() string { return fmt.Sprintf("GET %s: %s", e.URL, e.Status) }

// bodyBound is how long the first byte of an answer's body may take.
const bodyBound = 100 * time.Millisecond

// HTTP returns a probe that succeeds when a GET of the URL is answered by a
// status of 200 to 399. It follows no redirection, uses no proxy, keeps no
// connection, and waits for no more than the head of the answer. What else is
// answered is a *[StatusError].
func HTTP(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", "proctor-probe")
		client := &http.Client{
			Transport:     &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		// So that the server sees its answer taken; a body may also never come,
		// as that of a stream of events.
		enough := time.AfterFunc(bodyBound, cancel)
		_, _ = io.CopyN(io.Discard, resp.Body, 1)
		enough.Stop()
		_ = resp.Body.Close()
		if resp.StatusCode < http.StatusOK || resp.StatusCode >= http.StatusBadRequest {
			return &StatusError{URL: req.URL.Redacted(), Status: resp.Status}
		}
		return nil
	}
}
