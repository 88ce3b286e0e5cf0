package access

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"
)

func TestSessions(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	path := filepath.Join(t.TempDir(), FileName)
	add := func(expires time.Time) (Token, string) {
		t.Helper()
		token, secret, err := Mint(rand.Reader, Write, "ana", now, expires)
		if err == nil {
			err = Add(path, token)
		}
		if err != nil {
			t.Fatal(err)
		}
		return token, secret
	}
	forever, _ := add(time.Time{})
	short, _ := add(now.Add(24 * time.Hour))
	tokens, err := Open(path, true, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := NewSessions(rand.Reader, clock)
	begin := func(token Token) string {
		t.Helper()
		id, err := s.Begin(token)
		if err != nil || len(id) != 43 {
			t.Fatal(id, err)
		}
		return id
	}
	want := func(id string, err error) {
		t.Helper()
		got, has := s.Holder(id, tokens)
		if !errors.Is(has, err) || err == nil && (got.ID == "" || got.Role != Write) {
			t.Errorf("got %+v, %v, want %v", got, has, err)
		}
	}
	a, b, idle := begin(forever), begin(short), begin(forever)
	want(a, nil)
	want("", ErrUnknown)
	want(a[:42], ErrUnknown)
	now = now.Add(25 * time.Hour)
	want(a, nil)
	want(b, ErrExpired)
	want(b, ErrUnknown) // it is gone
	for range 5 {
		now = now.Add(SessionIdle - time.Minute)
		if now.Before(time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)) {
			want(a, nil)
		} else {
			want(a, ErrExpired) // after 30 days, however often it was used
			break
		}
	}
	want(idle, ErrExpired)

	c := begin(forever)
	s.End(c)
	s.End(c)
	want(c, ErrUnknown)

	d := begin(forever)
	if _, err := Revoke(path, forever.ID); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour) // the file is looked at again
	want(d, ErrUnknown)
}

func TestSessionsAreBounded(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := NewSessions(rand.Reader, func() time.Time { now = now.Add(time.Second); return now })
	first, err := s.Begin(Token{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for range MaxSessions {
		if _, err := s.Begin(Token{ID: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.all) != MaxSessions {
		t.Errorf("%d sessions", len(s.all))
	}
	if _, err := s.Holder(first, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("the oldest is still one: %v", err)
	}
	if _, err := NewSessions(bytes.NewReader(nil), s.now).Begin(Token{}); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}
