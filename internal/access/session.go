package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"
)

// How long a browser stays logged in, and how many may be.
const (
	SessionAge  = 30 * 24 * time.Hour // since it was logged in
	SessionIdle = 7 * 24 * time.Hour  // since it asked last
	MaxSessions = 1024                // beyond it the one that was silent for longest ends
)

// Sessions let browsers in that have shown a token once. They are in memory alone, by the hash of their ID, and hold no token. Any
// goroutine may call them. Make them with [NewSessions].
type Sessions struct {
	random io.Reader
	now    func() time.Time

	mu  sync.Mutex
	all map[[sha256.Size]byte]*session
}

type session struct {
	token       Token
	began, last time.Time
}

// NewSessions returns sessions whose IDs are drawn from random.
func NewSessions(random io.Reader, now func() time.Time) *Sessions {
	return &Sessions{random: random, now: now, all: map[[sha256.Size]byte]*session{}}
}

// Begin returns the ID of a new session of whoever has shown the token. The error is that of the source of randomness.
func (s *Sessions) Begin(token Token) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var raw [secretBytes]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return "", fmt.Errorf("cannot draw a session at random: %w", err)
	}
	id = base64.RawURLEncoding.EncodeToString(raw[:])
	now := s.now()
	if len(s.all) >= MaxSessions {
		s.makeRoom(now)
	}
	s.all[sha256.Sum256([]byte(id))] = &session{token: token, began: now, last: now}
	return id, nil
}

// makeRoom ends what is over, and else the session that was silent for longest.
func (s *Sessions) makeRoom(now time.Time) {
	var oldest [sha256.Size]byte
	var silent *session
	for key, one := range s.all {
		if one.over(now) {
			delete(s.all, key)
		} else if silent == nil || one.last.Before(silent.last) {
			oldest, silent = key, one
		}
	}
	if len(s.all) >= MaxSessions {
		delete(s.all, oldest)
	}
}

func (s *session) over(now time.Time) bool {
	return !now.Before(s.began.Add(SessionAge)) || !now.Before(s.last.Add(SessionIdle))
}

// Holder returns the token of a session as it is now: one that was revoked or has expired ends it. The error is [ErrUnknown] or
// [ErrExpired].
func (s *Sessions) Holder(id string, tokens *Tokens) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(id))
	one := s.all[key]
	if one == nil {
		return Token{}, ErrUnknown
	}
	now := s.now()
	token, err := tokens.still(one.token)
	if err == nil && one.over(now) {
		err = ErrExpired
	}
	if err != nil {
		delete(s.all, key)
		return Token{}, err
	}
	one.last = now
	return token, nil
}

// End ends a session, if it is one.
func (s *Sessions) End(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(id)))
}

// still returns a token that was good before as it is now. The error is [ErrUnknown] or [ErrExpired].
func (t *Tokens) still(token Token) (Token, error) {
	all, _ := t.current()
	for i := range all {
		if subtle.ConstantTimeCompare(token.hash[:], all[i].hash[:]) == 0 {
			continue
		}
		if all[i].Expired(t.now()) {
			return Token{}, ErrExpired
		}
		return all[i], nil
	}
	return Token{}, ErrUnknown
}
