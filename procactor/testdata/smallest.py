"""The smallest worker of docs/protocol.md, section 11: one task, "shout"."""
import os, struct, sys, threading

MAX_FRAME, MAX_BODY = 1 << 20, 1 << 20
HELLO, READY, REQUEST, CHUNK, REPLY, ERROR, CANCEL, CREDIT, PING, PONG, STOP, REFUSE = 1, 2, 4, 5, 7, 10, 11, 12, 13, 14, 15, 16


def text(s):
    b = s.encode()
    return struct.pack("<I", len(b)) + b


# Before anything else: the variables are gone (but two that say which worker it is), the descriptors are not inherited.
if not os.environ.get("PROCTOR_WIRE", "").startswith("1."):
    sys.exit("this is a worker, and speaks version 1 of the wire")
requests, replies, crash = (int(n) for n in os.environ["PROCTOR_FDS"].split(","))
begun = os.environ.get("PROCTOR_BEGUN")
for name in [n for n in os.environ if n.startswith("PROCTOR_") and n not in ("PROCTOR_PLACE", "PROCTOR_NUMBER")]:
    del os.environ[name]
for fd in (requests, replies, crash):
    os.set_inheritable(fd, False)
if begun:
    os.close(int(begun))

incoming, writing = os.fdopen(requests, "rb"), threading.Lock()
running, counts, frame = {}, [0, 0], 4096  # until the parent has said what it takes


def send(kind, call=0, payload=b""):
    with writing:
        while True:
            part, payload = payload[:frame], payload[frame:]
            data = struct.pack("<IBBHQ", len(part), kind, bool(payload), 0, call) + part
            while data:
                data = data[os.write(replies, data):]
            if not payload:
                return
            kind = CHUNK


def receive():
    header = incoming.read(16)
    if len(header) < 16:
        os._exit(0)  # the parent is gone, or wants no more
    length, kind, flags, _, call = struct.unpack("<IBBHQ", header)
    if length > MAX_FRAME:
        send(REFUSE, 0, b"a frame is too long")
        os._exit(1)
    return kind, flags, call, incoming.read(length)


def serve(call, task, body):
    try:
        if task != "shout":
            return send(ERROR, call, b"\x02" + text("no task " + task) + bytes(8))
        sys.stdout.flush()
        send(REPLY, call, bytes(4) + body.upper())
    finally:
        counts[1] += 1


# The handshake: no more than "raw" is needed for a codec of bytes.
task = text("shout") + b"\0" + struct.pack("<I", 1) + text("raw") + text("raw") + text("")
send(HELLO, 0, b"PROCTOR\0" + struct.pack("<HHIQI", 1, 0, MAX_FRAME, MAX_BODY, 1 << 16)
     + text("smallest") + struct.pack("<I", 1) + task + bytes(4))
kind, _, _, hello = receive()
if kind != HELLO:
    sys.exit("the first frame is no HELLO")
frame = min(MAX_FRAME, struct.unpack_from("<I", hello, 12)[0])
send(READY)

parts = {}
while True:
    kind, flags, call, payload = receive()
    if kind in (REQUEST, CHUNK):
        parts[call] = parts.get(call, b"") + payload
        if len(parts[call]) > MAX_BODY:
            send(REFUSE, 0, b"a message is too long")
            os._exit(1)
        if not flags & 1:
            whole = parts.pop(call)
            at = 4 + struct.unpack_from("<I", whole)[0]
            name, (entries,) = whole[4:at].decode(), struct.unpack_from("<I", whole, at)
            at += 4
            for _ in range(2 * entries):  # of meta, which it does not need
                at += 4 + struct.unpack_from("<I", whole, at)[0]
            counts[0] += 1
            # Not here: whatever a task does, PING is answered at once.
            running[call] = threading.Thread(target=serve, args=(call, name, whole[at:]))
            running[call].start()
    elif kind == CANCEL:
        if parts.pop(call, None) is not None:
            send(ERROR, call, b"\x05" + text("given up") + bytes(8))
        # What runs here is soon done: it answers by its reply.
    elif kind == PING:
        send(PONG, 0, payload + struct.pack("<QQQ", *counts, 0))
    elif kind == STOP:
        for thread in running.values():
            thread.join()
        os._exit(0)
    elif kind == REFUSE or kind < 0x80 and kind != CREDIT:
        sys.stderr.write("the parent refused, or sent what is unknown: %d %r\n" % (kind, payload))
        os._exit(125)
    running = {c: t for c, t in running.items() if t.is_alive()}
