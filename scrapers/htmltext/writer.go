package htmltext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// writer folds white space as it writes: one space, or one line feed where a line ended.
type writer struct {
	b       strings.Builder
	before  byte // white space that came before the first word; 0: none
	pending byte // that comes before the next word
	cut     bool // there was more than there is room for
}

// String returns what was written, without white space around it.
func (w *writer) String() string { return w.b.String() }

func (w *writer) full() bool { return w.cut }

// gap writes white space; a line feed is stronger than a space, and 0 is none.
func (w *writer) gap(c byte) {
	at := &w.pending
	if w.b.Len() == 0 {
		at = &w.before
	}
	if c == '\n' || *at == 0 {
		*at = c
	}
}

// words writes text whose line feeds are mere white space.
func (w *writer) words(s string) {
	for s != "" && !w.full() {
		r, size := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) {
			w.gap(' ')
			s = s[size:]
			continue
		}
		n := strings.IndexFunc(s, unicode.IsSpace)
		if n < 0 {
			n = len(s)
		}
		w.word(s[:n])
		s = s[n:]
	}
}

func (w *writer) word(s string) {
	if w.pending != 0 {
		w.b.WriteByte(w.pending)
		w.pending = 0
	}
	if room := MaxText - w.b.Len(); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		s, w.cut = s[:max(room, 0)], true
	}
	w.b.WriteString(s)
}
