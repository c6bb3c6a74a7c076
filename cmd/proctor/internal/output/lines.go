package output

import (
	"bytes"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// moment is how long nothing must come for a line to be shown whose end has not
// come, such as a question; it is shown after a while in any case.
const (
	moment = 500 * time.Millisecond
	while  = 4 * moment
)

// lines makes lines of what is written.
type lines struct {
	board         *Board
	source        *Source
	child, stream string

	order sync.Mutex // held while lines are handed on, so that they stay in order

	mu      sync.Mutex // protects the following
	part    []byte
	goesOn  bool      // what comes goes on a line of which a part was shown
	since   time.Time // when the part began
	quietAt time.Time // when the part is shown
	quiet   *time.Timer
}

// piece is a line, or a part of one.
type piece struct {
	text        string
	goesOn, cut bool
}

// Write never fails; it waits as long as the printer does.
func (l *lines) Write(p []byte) (int, error) {
	l.order.Lock()
	defer l.order.Unlock()
	for _, one := range l.cut(p) {
		l.emit(one)
	}
	return len(p), nil
}

// cut returns the lines that p ends. Of a line that gets too long it returns
// what is there.
func (l *lines) cut(p []byte) (whole []piece) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		n := min(len(line), longest-len(l.part))
		l.part = append(l.part, line[:n]...)
		if n < len(line) {
			whole = l.take(whole, false)
			whole[len(whole)-1].cut = true
			p = p[n:]
			continue
		}
		if !ended {
			break
		}
		whole = l.take(whole, true)
		p = rest
	}
	l.await(len(whole) > 0)
	return whole
}

// await sets the timer for what is left, which is new when lines have ended
// before it; with l.mu held.
func (l *lines) await(anew bool) {
	l.source.note(l, len(l.part) > 0 || l.goesOn)
	if len(l.part) == 0 {
		if l.quiet != nil {
			l.quiet.Stop()
		}
		l.since = time.Time{}
		return
	}
	now := time.Now()
	if anew || l.since.IsZero() {
		l.since = now
	}
	l.quietAt = now.Add(moment)
	if latest := l.since.Add(while); latest.Before(l.quietAt) {
		l.quietAt = latest
	}
	if l.quiet == nil {
		l.quiet = time.AfterFunc(l.quietAt.Sub(now), l.show)
	} else {
		l.quiet.Reset(l.quietAt.Sub(now))
	}
}

// show shows the part, when nothing has come for a moment.
func (l *lines) show() {
	l.order.Lock()
	defer l.order.Unlock()
	l.mu.Lock()
	var parts []piece
	if !time.Now().Before(l.quietAt) { // otherwise something came meanwhile
		parts = l.take(nil, false)
		l.since = time.Time{}
		l.source.note(l, len(l.part) > 0 || l.goesOn)
	}
	l.mu.Unlock()
	for _, one := range parts {
		if one.text != "" {
			l.emit(one)
		}
	}
}

// take adds what is there of a line, with ended all of it, and without it what
// can be told already; with l.mu held.
func (l *lines) take(to []piece, ended bool) []piece {
	n := len(l.part)
	if ended {
		n = len(bytes.TrimRight(l.part, "\r"))
	} else {
		n -= unfinished(l.part)
	}
	one := piece{text: strings.ToValidUTF8(string(l.part[:n]), "\uFFFD"), goesOn: l.goesOn}
	if ended {
		n = len(l.part)
	}
	l.part = l.part[:copy(l.part, l.part[n:])]
	if ended && one.goesOn && one.text == "" {
		l.goesOn = false
		return to // only its end has come
	}
	l.goesOn = !ended && (l.goesOn || one.text != "")
	return append(to, one)
}

// unfinished is how long the end of a text is that means nothing yet: of a
// character, of the end of a line, or of what sets colors.
func unfinished(part []byte) int {
	if bytes.HasSuffix(part, []byte("\r")) {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(part); n++ {
		if c := part[len(part)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(part[len(part)-n:]) {
				return n
			}
			break
		}
	}
	at := bytes.LastIndexByte(part, escape)
	if at < 0 || len(part)-at >= longestSequence {
		return 0
	}
	switch rest := part[at+1:]; {
	case len(rest) == 0:
		return 1
	case rest[0] == '[' && len(bytes.Trim(rest[1:], "0123456789:;")) == 0:
		return len(part) - at
	}
	return 0
}

// flush takes what is there of a line whose end never comes.
func (l *lines) flush() {
	l.order.Lock()
	defer l.order.Unlock()
	l.mu.Lock()
	var rest []piece
	if len(l.part) > 0 {
		rest = l.take(nil, true)
	}
	l.part, l.goesOn = nil, false
	l.await(true)
	l.mu.Unlock()
	for _, one := range rest {
		if one.text != "" {
			l.emit(one)
		}
	}
}

func (l *lines) emit(one piece) {
	l.board.add(Line{
		At: time.Now(), Child: l.child, Stream: l.stream, Text: one.text, Continues: one.goesOn, Cut: one.cut,
	})
}
