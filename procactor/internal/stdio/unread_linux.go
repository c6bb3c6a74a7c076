package stdio

import "golang.org/x/sys/unix"

// askUnread is the ioctl that asks how many bytes a pipe holds.
const askUnread = unix.TIOCINQ
