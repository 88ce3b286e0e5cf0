package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	backupPath = "/-/backup"
	bearer     = "Bearer "
)

// keeper answers who may read the data directory, before everybody else is
// answered: by the token that stands in a file there, and from this machine alone.
// Any number of goroutines may ask; one backup is made at a time.
type keeper struct {
	data    *dataDir
	token   [sha256.Size]byte // its hash, so that comparing takes the same time whatever is sent
	version string
	now     func() time.Time
	log     *slog.Logger
	next    http.Handler
	ending  context.Context // ends when the process is to end

	busy sync.Mutex
}

// keep lets next be asked for backups of the data directory, too, at an address.
// What it returns second ends that, and a backup under way; it may be called again.
func (d *dataDir) keep(next http.Handler, address, version string, now func() time.Time, log *slog.Logger) (http.Handler, func(), error) {
	if d.temp {
		return next, func() {}, nil // nobody knows of it
	}
	c, err := d.offer(address)
	if err != nil {
		return nil, nil, err
	}
	ending, end := context.WithCancelCause(context.Background())
	withdraw := func() {
		end(errEnding)
		if err := d.withdraw(c); err != nil {
			log.Warn("cannot remove a file that is of no use any more", "file", controlName, "err", err)
		}
	}
	return &keeper{data: d, token: sha256.Sum256([]byte(c.Token)), version: version, now: now, log: log, next: next, ending: ending}, withdraw, nil
}

var errEnding = errors.New("the process that made it was stopped")

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != backupPath {
		k.next.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case !fromHere(r):
		http.Error(w, "backups are for this machine alone", http.StatusForbidden)
	case !k.authorised(r.Header.Get("Authorization")):
		h.Set("WWW-Authenticate", "Bearer")
		http.Error(w, "give the token of "+controlName+" in the data directory; swell backup does so", http.StatusUnauthorized)
	case r.Method != http.MethodGet:
		h.Set("Allow", http.MethodGet)
		http.Error(w, "use GET", http.StatusMethodNotAllowed)
	case !k.busy.TryLock():
		h.Set("Retry-After", "10")
		http.Error(w, "another backup is being made", http.StatusServiceUnavailable)
	default:
		defer k.busy.Unlock()
		k.backup(w, r)
	}
}

func (k *keeper) backup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	ctx, stop := context.WithCancelCause(r.Context())
	defer stop(nil)
	defer context.AfterFunc(k.ending, func() { stop(errEnding) })()
	to := &patient{w: w, control: http.NewResponseController(w), now: k.now}
	if err := k.data.backup(ctx, to, k.version, k.now()); err != nil {
		// The backup itself says so to who reads it.
		k.log.Error("a backup was given up", "data", k.data.path, "err", err)
		return
	}
	k.log.Info("a backup was made", "data", k.data.path)
}

func (k *keeper) authorised(header string) bool {
	token, ok := strings.CutPrefix(header, bearer)
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], k.token[:]) == 1 && ok
}

// fromHere reports whether this machine asks: by the loopback address, or by the one
// that it is asked at, which no other can have answers sent to.
func fromHere(r *http.Request) bool {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := remote.Addr().Unmap()
	at, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ip.IsLoopback() || at != nil && ip == at.AddrPort().Addr().Unmap()
}

// patient gives each write the time that an ordinary answer has in all.
type patient struct {
	w       http.ResponseWriter
	control *http.ResponseController
	now     func() time.Time
}

const writePatience = time.Minute

func (p *patient) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(p.now().Add(writePatience)); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}
