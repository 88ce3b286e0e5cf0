package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/obs"
)

// AdminOptions are the settings of the listener for whoever runs the program. The zero
// value: there is none.
type AdminOptions struct {
	// Listen is its address, as in 127.0.0.1:7311; empty: it is off.
	Listen string
	// TokenFile holds the token that has to be shown, alone in the file. Required where
	// other machines can reach the address.
	TokenFile string
}

// admin is the running admin listener.
type admin struct {
	address string
	server  *http.Server
	flight  *obs.Flight
}

// leastToken is the length of the shortest token, in bytes.
const leastToken = 32

// startAdmin serves metrics and the runtime's tools until it is closed. health answers
// for supervisors. Where the endpoint asks for tokens, this asks for one with the role admin.
func startAdmin(o AdminOptions, metrics, health http.Handler, tokens *access.Tokens, log *slog.Logger) (*admin, error) {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w; write --admin as 127.0.0.1:7311", ErrListen, o.Listen, err)
	}
	door := doorman{tokens: tokens}
	if o.TokenFile != "" {
		if door.token, err = readToken(o.TokenFile); err != nil {
			return nil, err
		}
	}
	if exposed(host) {
		if !door.locked() {
			return nil, fmt.Errorf("%w at %q: other machines could reach it, and see the program's memory; use 127.0.0.1, make a token with swell token add --role admin, or give --admin-token", ErrListen, o.Listen)
		}
		log.Warn("other machines can reach the admin listener, and what it is asked, tokens too, can be read on its way: let nothing but a proxy with TLS reach it", "listen", o.Listen)
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w; choose another address with --admin", ErrListen, o.Listen, err)
	}
	flight, err := obs.StartFlight()
	if err != nil {
		l.Close()
		return nil, err
	}
	a := &admin{address: "http://" + l.Addr().String(), flight: flight}
	a.server = &http.Server{
		Handler:           obs.Admin(obs.AdminOptions{Metrics: metrics, Health: loopback(health), Flight: flight, Allow: door.allow}),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      10 * time.Minute, // a profile takes as long as was asked for
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	go func() { _ = a.server.Serve(l) }()
	return a, nil
}

// close ends serving. It may be called again, and of a listener that is off.
func (a *admin) close() {
	if a == nil {
		return
	}
	last, stop := context.WithTimeout(context.Background(), shutdownTime/3)
	defer stop()
	if a.server.Shutdown(last) != nil {
		a.server.Close()
	}
	a.flight.Stop()
}

// loopback has a handler asked under a name that it answers to: who may ask here was
// decided.
func loopback(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := *r
		in.Host = "localhost"
		h.ServeHTTP(w, &in)
	})
}

// readToken returns the hash of the token in a file.
func readToken(path string) (*[sha256.Size]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the token of the admin listener: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken || strings.ContainsAny(token, " \t\r\n") {
		return nil, fmt.Errorf("the token in %s is too short or has spaces in it: give %d letters or digits at least, alone in the file and chosen at random", path, leastToken)
	}
	sum := sha256.Sum256([]byte(token))
	return &sum, nil
}

// doorman decides who may ask the admin listener.
type doorman struct {
	token  *[sha256.Size]byte // hash of the one of its own; nil: there is none
	tokens *access.Tokens     // those of the endpoint
}

// locked reports whether a token is needed; else it is enough to be on this machine.
func (d doorman) locked() bool { return d.token != nil || d.tokens != nil && d.tokens.Required() }

// knows reports whether a token opens the door.
func (d doorman) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	if d.token != nil && subtle.ConstantTimeCompare(sum[:], d.token[:]) == 1 {
		return true
	}
	if d.tokens == nil {
		return false
	}
	t, err := d.tokens.Check(secret)
	return err == nil && t.Role.Allows(access.Admin)
}

var (
	errForeignPage = errors.New("pages of other sites may not ask here")
	errForeignHost = errors.New("this listener answers to localhost alone; ask it as http://127.0.0.1 with its port")
)

// allow refuses who shows no token; where none is needed, what a foreign page could have a
// browser on this machine ask.
func (d doorman) allow(r *http.Request) error {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		return errForeignPage
	}
	if d.locked() {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearer)
		if !ok || !d.knows(token) {
			return fmt.Errorf("%w: send one with the role admin, or that of --admin-token, as a bearer token", obs.ErrUnauthorised)
		}
		return nil
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return errForeignHost
	}
	return nil
}
