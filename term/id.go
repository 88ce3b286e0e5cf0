package term

import "github.com/zeebo/xxh3"

// ID names one (kind, platform, key) in the counting core and in the store. It
// is stable over restarts, machines and versions: it is part of every stored
// format. Two different terms share an ID with a chance of about n²/2⁶⁵ among n
// terms (one in 370,000 at ten million).
type ID uint64

// idSeed is fixed for ever: changing it would orphan every stored count.
const idSeed = 0x5357454c4c313031

// Scope hashes the terms of one kind on one platform. The zero value is not valid.
type Scope struct{ seed uint64 }

// ScopeOf returns the scope of a kind on a platform. Callers keep it: [Scope.ID]
// then costs one hash of the key alone.
func ScopeOf(kind Kind, platform string) Scope {
	return Scope{seed: xxh3.HashStringSeed(platform, idSeed+uint64(kind))}
}

// ID returns the ID of the normalised key within the scope. It allocates nothing.
func (s Scope) ID(key string) ID { return ID(xxh3.HashStringSeed(key, s.seed)) }

// IDBytes is [Scope.ID] for a key held as bytes.
func (s Scope) IDBytes(key []byte) ID { return ID(xxh3.HashSeed(key, s.seed)) }
