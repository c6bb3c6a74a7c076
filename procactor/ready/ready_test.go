package ready_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor/ready"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ready.TCP(l.Addr().String())(t.Context()))
	require.NoError(t, l.Close())
	assert.Error(t, ready.TCP(l.Addr().String())(t.Context()))
}

func TestHTTP(t *testing.T) {
	var status atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(int(status.Load()))
	}))
	defer s.Close()
	for code, up := range map[int32]bool{200: true, 204: true, 301: true, 404: false, 503: false} {
		status.Store(code)
		err := ready.HTTP(s.URL)(t.Context())
		if up {
			assert.NoError(t, err, code)
			continue
		}
		var got *ready.StatusError
		require.ErrorAs(t, err, &got)
		assert.Equal(t, s.URL, got.URL)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, ready.HTTP(s.URL)(canceled), context.Canceled)
	assert.Error(t, ready.HTTP(":not a url")(t.Context()))
}

// The head of an answer is enough: the body of one may come late, never, or
// never end.
func TestHTTPWaitsForNoBody(t *testing.T) {
	for name, body := range map[string]func(w http.ResponseWriter, r *http.Request){
		"never comes": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"never ends": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write(make([]byte, 1<<10))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
				body(w, r)
			}))
			defer s.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // a hang guard
			defer cancel()
			require.NoError(t, ready.HTTP(s.URL)(ctx))
			assert.NoError(t, ctx.Err(), "it waited for the body")
		})
	}
}
