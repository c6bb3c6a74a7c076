package procactor

import (
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// answer is how one delivery of a call ended.
type answer struct {
	kind     wire.Kind      // REPLY, END or ERROR; zero when err says why there is none
	payload  []byte         // of that frame; valid as long as the exchange is not used again
	err      error          // the end of the worker or the link
	delivery actor.Delivery // how far it got, with err
	death    osproc.Death   // what the death means that err tells of
	died     error          // that death; nil: there was none
	process  int            // that died
}

// lostCall is why a call has no answer whose worker has died: what that death
// means goes with it to whoever takes the answer.
type lostCall struct{ answer answer }

func (l *lostCall) Error() string { return l.answer.err.Error() }

// answerFrom is what an exchange has ended with.
func answerFrom(a link.Answer) answer {
	if lost, ok := a.Err.(*lostCall); ok { //nolint:errorlint // never wrapped
		return lost.answer
	}
	return answer{kind: a.Kind, payload: a.Payload, err: a.Err, delivery: a.Delivery}
}
