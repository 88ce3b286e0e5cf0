package serve

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

const (
	headerOnce     = "Idempotency-Key"
	headerReplayed = "Idempotency-Replayed"

	// maxKey is the longest Idempotency-Key, in bytes.
	maxKey = 255
)

// nameOnce reads the name that a sender gives a delivery, so that it may send it again. It
// is the sender's own: under another token the same name is another one.
func nameOnce(r *http.Request, d *Delivery) *api.Problem {
	given := r.Header.Values(headerOnce)
	if len(given) == 0 {
		return nil
	}
	key := given[0]
	switch {
	case len(given) > 1:
		return api.NewProblem(api.ProblemInvalidHeader, "%s is given %d times; give it once", headerOnce, len(given))
	case key == "" || len(key) > maxKey || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }):
		return api.NewProblem(api.ProblemInvalidHeader, "%s has to be 1 to %d visible ASCII characters, as of a UUID", headerOnce, maxKey)
	case d.Producer != "":
		return api.NewProblem(api.ProblemInvalidHeader, "%s and %s both tell deliveries apart; leave one of them out", headerOnce, headerProducer)
	}
	d.Once.Key = half(sha256.Sum256([]byte(holderOf(r.Context()) + "\x00" + key)))
	return nil
}

// half cuts a hash to what is enough to tell deliveries apart, by chance or by will:
// who finds two of the same can fool nobody but himself.
func half(sum [sha256.Size]byte) (out [16]byte) {
	copy(out[:], sum[:])
	return out
}
