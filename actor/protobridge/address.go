package protobridge

import (
	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
)

// unnamed is the address of a system that no remote has been started for.
const unnamed = "nonhost"

// address is what a PID says, in a form that can be compared.
type address struct{ node, id string }

// addressOf drops the node of what lives in the system itself, which has
// another name from the moment on that it is remote.
func addressOf(as *protoactor.ActorSystem, pid *protoactor.PID) address {
	if pid.GetAddress() == unnamed || pid.GetAddress() == as.Address() {
		return address{id: pid.GetId()}
	}
	return address{node: pid.GetAddress(), id: pid.GetId()}
}

// pid returns a PID of its own for each use: protoactor caches in it whom it
// was once resolved to, for ever if that was no actor.
func (a address) pid(as *protoactor.ActorSystem) *protoactor.PID {
	if a.node == "" {
		return as.NewLocalPID(a.id)
	}
	return protoactor.NewPID(a.node, a.id)
}

func (a address) actorPID() actor.PID { return actor.PID{Node: a.node, Name: a.id} }

// sendSystem sends a system message, for which PIDs have no public method.
func sendSystem(as *protoactor.ActorSystem, to *protoactor.PID, message any) {
	p, _ := as.ProcessRegistry.Get(to) // the dead letters, if there is none
	p.SendSystemMessage(to, message)
}
