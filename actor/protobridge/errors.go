package protobridge

import "errors"

// ErrStopped is the reason in the Down of a plain actor: protoactor says that
// it was stopped, and not why. It is no normal end for [actor.IsNormal].
var ErrStopped = errors.New("protoactor stopped it, and does not say why")

// errNilRequest refuses what protoactor's mailboxes take for emptiness.
var errNilRequest = errors.New("nil cannot be sent")
