package serve

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// minTypo is how many letters a word needs for another with one letter different to be
// taken for it: of shorter ones half the words there are would be.
const minTypo = 5

// wanted is a word that is searched for.
type wanted struct {
	key   string
	group []byte // its group key
	buf   []byte // scratch
}

func want(key string) *wanted {
	return &wanted{key: key, group: term.AppendGroupKey(nil, key)}
}

// likeness returns how a term is like the word, or 0 if it is not: by its key, and a sound
// by its name as well, for its key may be a number.
func (w *wanted) likeness(t *term.Term) store.Likeness {
	l := w.like(t.Key)
	if t.Kind != term.Sound || l != 0 {
		return l
	}
	name := string(term.AppendKey(nil, t.Display))
	_, title, _ := strings.Cut(name, " – ")
	switch l := w.like(name); {
	case l == store.SameKey || title == w.key:
		return store.SameGroup
	case l == 0 && strings.Contains(name, " "+w.key):
		return store.SamePrefix
	default:
		return l
	}
}

func (w *wanted) like(key string) store.Likeness {
	if key == w.key {
		return store.SameKey
	}
	w.buf = term.AppendGroupKey(w.buf[:0], key)
	switch {
	case bytes.Equal(w.buf, w.group):
		return store.SameGroup
	case bytes.HasPrefix(w.buf, w.group):
		return store.SamePrefix
	case utf8.RuneCount(w.group) >= minTypo && nearly(w.group, w.buf):
		return store.NearlySame
	}
	return 0
}

// nearly reports whether two words differ by one letter: one more, less, other, or two
// neighbours swapped (a Damerau-Levenshtein distance of one).
func nearly(a, b []byte) bool {
	if d := len(a) - len(b); max(d, -d) > 2*utf8.UTFMax {
		return false
	}
	x, y := bytes.Runes(a), bytes.Runes(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(x) <= 1 && len(y) <= 1:
		return len(x)+len(y) > 0
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	}
	return false
}
