package protobridge_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain is the ActorSystem of all tests: one costs 3 MB, and is never freed.
var plain = sync.OnceValue(func() *protoactor.ActorSystem {
	return protoactor.NewActorSystem(
		protoactor.WithDeadLetterRequestLogging(false),
		protoactor.WithDeadLetterThrottleInterval(time.Millisecond), // it has a goroutine sleep so long
		protoactor.WithLoggerFactory(func(*protoactor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }),
	)
})
