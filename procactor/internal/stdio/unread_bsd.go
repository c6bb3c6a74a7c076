//go:build unix && !linux

package stdio

// askUnread is the ioctl that asks how many bytes a pipe holds: FIONREAD of
// sys/filio.h, the same on all of them.
const askUnread = 0x4004667f
