package sinktest

import (
	"io"
	"net/http"
	"slices"
	"sync"
)

// Answer is what a service says.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
	// Take lets the service take the message before it answers so, as one that fails behind its door.
	Take bool
	// Abort breaks the connection off instead of an answer.
	Abort bool
}

// Request is what a service was sent.
type Request struct {
	Method string
	Path   string
	Query  string
	Header http.Header
	Body   []byte
}

// Service is a service that takes one message with each request.
type Service struct {
	check func(*Request) *Answer // nil: it is taken
	taken Answer

	mu struct {
		sync.Mutex
		next    []Answer
		got     []Request
		refused []Answer
	}
}

// maxBody is what no service reads beyond.
const maxBody = 8 << 20

// Next lets the service give these answers to the next requests, whatever they are.
func (s *Service) Next(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.next = append(s.mu.next, answers...)
}

// Got returns what was taken, in order.
func (s *Service) Got() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mu.got)
}

// Refused returns the answers by which requests were refused because of what was in them.
func (s *Service) Refused() []Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mu.refused)
}

// Reset forgets what was taken and refused.
func (s *Service) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.next, s.mu.got, s.mu.refused = nil, nil, nil
}

// ServeHTTP implements [http.Handler].
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.answer(q).write(w)
}

func (s *Service) answer(q *Request) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mu.next) > 0 {
		a := s.mu.next[0]
		s.mu.next = s.mu.next[1:]
		if !a.Take {
			return &a
		}
		if no := s.check(q); no != nil {
			s.mu.refused = append(s.mu.refused, *no)
			return no
		}
		s.mu.got = append(s.mu.got, *q)
		return &a
	}
	if no := s.check(q); no != nil {
		s.mu.refused = append(s.mu.refused, *no)
		return no
	}
	s.mu.got = append(s.mu.got, *q)
	return &s.taken
}

func read(r *http.Request) (*Request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	return &Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body}, err
}

func (a *Answer) write(w http.ResponseWriter) {
	if a.Abort {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
		return
	}
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
}

func no(status int, body string) *Answer { return &Answer{Status: status, Body: body} }
