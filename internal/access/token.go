package access

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Token is what is known of a token: not itself.
type Token struct {
	ID      string // 8 letters and digits; names it to people
	Role    Role
	Name    string // what it is for; 1 to MaxName bytes, printable
	Created time.Time
	Expires time.Time // zero: never. Both in UTC, in whole seconds

	hash [sha256.Size]byte
}

// Expired reports whether the token is good no more.
func (t *Token) Expired(now time.Time) bool {
	return !t.Expires.IsZero() && !now.Before(t.Expires)
}

const (
	// MaxName is the longest name of a token, in bytes.
	MaxName = 64

	prefix      = "swell_" // of every token
	secretBytes = 32
	idBytes     = 5
)

// secretLength is the length of every token.
var secretLength = len(prefix) + base64.RawURLEncoding.EncodedLen(secretBytes)

// idLetters write an ID: no two look alike.
var idLetters = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// Mint makes a token that begins at created and is good until expires (zero: for ever).
// The secret is what its holder shows; it is not kept. Errors wrap [ErrInvalid], or are
// those of the source of randomness.
func Mint(random io.Reader, role Role, name string, created, expires time.Time) (t Token, secret string, err error) {
	created = created.UTC().Truncate(time.Second)
	if !expires.IsZero() {
		expires = expires.UTC().Truncate(time.Second)
	}
	switch {
	case role < Read || role > Admin:
		return t, "", fmt.Errorf("%w: a token needs the role read, write or admin", ErrInvalid)
	case !expires.IsZero() && !expires.After(created):
		return t, "", fmt.Errorf("%w: the token would expire at %s, before it is made", ErrInvalid, expires.Format(time.RFC3339))
	case !writable(created) || !expires.IsZero() && !writable(expires):
		return t, "", fmt.Errorf("%w: the token would begin or expire outside of the years 1970 to 9999", ErrInvalid)
	}
	if err := checkName(name); err != nil {
		return t, "", err
	}
	var raw [idBytes + secretBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return t, "", fmt.Errorf("cannot draw a token at random: %w", err)
	}
	secret = prefix + base64.RawURLEncoding.EncodeToString(raw[idBytes:])
	return Token{
		ID: idLetters.EncodeToString(raw[:idBytes]), Role: role, Name: name, Created: created, Expires: expires,
		hash: sha256.Sum256([]byte(secret)),
	}, secret, nil
}

// writable reports whether RFC 3339 can write the time, and reads the same back.
func writable(t time.Time) bool { return t.Unix() >= 0 && t.Year() <= 9999 }

func checkName(name string) error {
	printable := utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	if name == "" || len(name) > MaxName || !printable || strings.TrimSpace(name) != name {
		return fmt.Errorf("%w: name %.80q; give 1 to %d printable bytes that say what the token is for", ErrInvalid, name, MaxName)
	}
	return nil
}

// Looks reports whether s has the form of a token, which says nothing of its being one.
func Looks(s string) bool {
	if len(s) != secretLength || !strings.HasPrefix(s, prefix) {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(s[len(prefix):])
	return err == nil
}
