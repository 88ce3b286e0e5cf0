package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"
)

// Tokens are those of a file, as it is now. Make it with [Open].
type Tokens struct {
	watch
	mu struct {
		sync.Mutex
		all  []Token // never changed, only replaced
		err  error   // why the file cannot be used
		ever bool    // a token is needed
	}
}

// Open reads the tokens in a file. Where the file need not be there, nobody needs a token
// until there is one with a token in it; from then on everybody does, until the program
// ends, whatever becomes of the file. What cannot be read lets nobody in.
//
// now tells when to look again, and what has expired. Errors are those of [List].
func Open(path string, required bool, now func() time.Time, log *slog.Logger) (*Tokens, error) {
	t := &Tokens{watch: watch{now: now, log: log, paths: []string{path}}}
	t.mu.ever = required
	t.changed()
	t.read()
	return t, t.mu.err
}

// Len returns how many tokens there are, expired ones included.
func (t *Tokens) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.mu.all)
}

// Required reports whether a token is needed.
func (t *Tokens) Required() bool {
	_, required := t.current()
	return required
}

// Check returns the token that a client shows. The error is [ErrUnknown] or
// [ErrExpired]. How long it takes does not depend on which token is shown, nor on how
// much of it is right.
func (t *Tokens) Check(secret string) (Token, error) {
	all, _ := t.current()
	sum := sha256.Sum256([]byte(secret))
	found := -1
	for i := range all {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], all[i].hash[:]), i, found)
	}
	switch {
	case found < 0:
		return Token{}, ErrUnknown
	case all[found].Expired(t.now()):
		return Token{}, ErrExpired
	}
	return all[found], nil
}

// current returns the tokens, after a look at the file if that is due.
func (t *Tokens) current() (all []Token, required bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed() {
		before := t.mu.err
		t.read()
		switch {
		case t.mu.err != nil:
			t.log.Error("the tokens cannot be used; nobody is let in until they can", "reason", t.mu.err)
		case before != nil:
			t.log.Info("the tokens can be used again", "file", t.paths[0])
		}
	}
	return t.mu.all, t.mu.ever
}

// read reads the file. The mutex is held, or nobody has t yet.
func (t *Tokens) read() {
	t.mu.all, t.mu.err = nil, nil
	data, err := readFile(t.paths[0])
	if err == nil {
		t.mu.all, err = parseFile(t.paths[0], data)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	t.mu.err = err
	t.mu.ever = t.mu.ever || err != nil || len(t.mu.all) > 0
}
