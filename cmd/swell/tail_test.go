package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// Connections break; every event is printed once, in order, and who comes back says where
// it was.
func TestTailGoesOnWhereItWas(t *testing.T) {
	const events = 7
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last := r.Header.Get("Last-Event-ID")
		asked = append(asked, last)
		var at int
		if last != "" {
			if _, err := fmt.Sscanf(last, "id-%d", &at); err != nil {
				t.Errorf("asked for what is behind %q", last)
			}
		}
		if len(asked) == 2 {
			w.Header().Set("Content-Type", api.TypeProblem)
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"type":"/problems/busy","title":"Busy","status":503,"detail":"later"}`)
			return
		}
		w.Header().Set("Content-Type", api.TypeEvents)
		fmt.Fprint(w, ": hello\n\nretry: 5\n")
		for i := at + 1; i <= min(at+3, events); i++ {
			fmt.Fprintf(w, "id: id-%d\nevent: trend\ndata: {\"change\":\"raised\",\"detection\":{\"phase\":\"rising\",\"term\":\"term%d\\u001b[2J\"}}\n\n", i, i)
		}
		fmt.Fprint(w, "id: id-999\nevent: trend\ndata: cut off") // no event: it has no end
	}))
	defer srv.Close()
	for _, format := range []string{asTable, asJSON} {
		asked = nil
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var out, log bytes.Buffer
		var rests []time.Duration
		q := &session{Client: api.Client{Base: srv.URL}, streams: streams{out: &out, err: &log}, format: format}
		tl := &tailing{q: q, query: url.Values{"snapshot": {"1"}}, patience: time.Minute, chance: func() float64 { return 0.5 },
			rest: func(ctx context.Context, d time.Duration) error {
				if rests = append(rests, d); strings.Count(out.String(), "\n") == events {
					stop()
				}
				return ctx.Err()
			}}
		if err := tl.run(ctx); err == nil {
			t.Errorf("%s: it ended without being stopped", format)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != events {
			t.Fatalf("%s: %d lines, want %d:\n%s\n%s", format, len(lines), events, out.String(), log.String())
		}
		for i, line := range lines {
			if !strings.Contains(line, fmt.Sprintf("term%d", i+1)) || strings.Contains(line, "\x1b") {
				t.Errorf("%s: line %d is %q", format, i, line)
			}
		}
		if got := strings.Join(asked, " "); got != " id-3 id-3 id-6" {
			t.Errorf("%s: asked behind %q", format, got)
		}
		if len(rests) < 3 || rests[0] != 500*time.Millisecond || rests[1] != time.Second {
			t.Errorf("%s: rested %v", format, rests)
		}
	}
}

// What trying again would not help ends it, and so does nobody being there at all.
func TestTailEnds(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", api.TypeProblem)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"title":"No","detail":"not for you"}`)
	}))
	defer srv.Close()
	for base, code := range map[string]int{srv.URL: exitBlocked, "http://127.0.0.1:1": exitFailed} {
		var out, log bytes.Buffer
		if got := run([]string{"tail", "--server", base}, streams{out: &out, err: &log}); got != code {
			t.Errorf("%s: exit code %d, want %d: %s", base, got, code, log.String())
		}
	}
}

func TestTailNoticesSilence(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", api.TypeEvents)
		_ = http.NewResponseController(w).Flush()
		<-release
	}))
	defer srv.Close()
	defer close(release)
	var log bytes.Buffer
	q := &session{Client: api.Client{Base: srv.URL}, streams: streams{out: &log, err: &log}, format: asTable}
	tl := &tailing{q: q, query: url.Values{}, patience: 30 * time.Millisecond}
	if _, came, err := tl.connection(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing came for 30ms") || !came {
		t.Errorf("came %t, error %v", came, err)
	}
}
