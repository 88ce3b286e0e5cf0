package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/swell-radar/swell/scrapers"
)

// shown returns an address as people may see it: without query, fragment, name and password.
func shown(u *url.URL) string {
	s := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// asTrouble returns the error of a call: a [*scrapers.Trouble], or the error of the caller's own context.
func asTrouble(ctx context.Context, u *url.URL, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var t *scrapers.Trouble
	if errors.As(err, &t) {
		return t
	}
	var refused *refusedError
	if errors.As(err, &refused) {
		return forbidden("%s is not asked: %s", shown(u), refused.why)
	}
	why, below := reason(err)
	return &scrapers.Trouble{State: scrapers.Unreachable, Why: fmt.Sprintf("%s: %s", shown(u), why), Err: below}
}

// forbidden returns a trouble of what we do not do, whoever is asked.
func forbidden(format string, args ...any) *scrapers.Trouble {
	t := scrapers.NewTrouble(scrapers.Blocked, format, args...)
	t.Ours = true
	return t
}

// reason says in plain words why there is no answer. The second result is an error that
// says more, nil where the words say all.
func reason(err error) (string, error) {
	for asked := new(url.Error); errors.As(err, &asked); {
		err = asked.Err // an url.Error shows the query
	}
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
		inv  x509.CertificateInvalidError
		name x509.HostnameError
		ca   x509.UnknownAuthorityError
		slow *slowError
	)
	switch {
	case errors.As(err, &slow):
		return slow.Error(), nil
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host of that name (is it spelled correctly?)", nil
	case errors.As(err, &dns):
		return "its name cannot be looked up (is the network up?)", err
	case errors.As(err, &inv) && inv.Reason == x509.Expired:
		return "its certificate has expired, or this machine's clock is wrong", err
	case errors.As(err, &name):
		return "its certificate is for another host", err
	case errors.As(err, &ca):
		return "its certificate is signed by somebody this machine does not know", err
	case errors.As(err, &cert):
		return "its certificate is not valid", err
	case errors.As(err, &rec):
		return "it does not speak TLS at this port (is it http rather than https?)", nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refuses connections (is it running?)", nil
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no way to it from here (is the network up?)", err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection before the answer was complete", nil
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "it closed the connection without an answer", nil
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "it did not answer in time", err
	}
	return "no answer", err
}

// slowError is the end of [limits.whole].
type slowError struct{ after time.Duration }

func (e *slowError) Error() string {
	return fmt.Sprintf("its answer was not complete after %s", e.after)
}

// answer is what a server said, as far as it matters to tell whether it is any good.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte // decompressed, may be cut
	now    time.Time
	hide   []string // what must not be shown of the body
}

// noTime is how long a host is left alone that wants to be and does not say for how long.
const noTime = time.Minute

// trouble returns what a status means, nil for 200 to 299 and for those that redirect or say that nothing has changed; and how long the host is to be
// left alone.
func (a *answer) trouble() (*scrapers.Trouble, time.Duration) {
	after, said := retryAfter(a.header, a.now)
	reset := resetAfter(a.header, a.now)
	if a.status >= 200 && a.status < 300 && a.status != http.StatusPartialContent || isRedirect(a.status) || a.status == http.StatusNotModified {
		return nil, reset
	}
	state, why := a.meaning()
	if a.status == http.StatusForbidden && (said || reset > 0) || a.status == http.StatusServiceUnavailable && said {
		state = scrapers.Throttled
	}
	if state == scrapers.Blocked || state == scrapers.LoginWall {
		if w := wallOf(a); w != nil {
			return w, after
		}
	}
	t := scrapers.NewTrouble(state, "%s: %s", shown(a.url), why)
	t.Status = a.status
	if said {
		t.After = after
	}
	hold := after
	if state == scrapers.Throttled {
		if !said && reset > 0 {
			t.After = reset
		}
		if hold = max(after, reset); hold <= 0 {
			hold = noTime
		}
	}
	if text := a.text(); text != "" {
		t.Why += ": " + text
	}
	return t, hold
}

func (a *answer) meaning() (scrapers.State, string) {
	s := fmt.Sprintf("status %d", a.status)
	if text := http.StatusText(a.status); text != "" {
		s += " (" + strings.ToLower(text) + ")"
	}
	switch a.status {
	case http.StatusUnauthorized:
		return scrapers.LoginWall, s + ": it answers only those who log in, or the key is wrong"
	case http.StatusPaymentRequired:
		return scrapers.Blocked, s + ": it answers only those who pay"
	case http.StatusForbidden:
		return scrapers.Blocked, s + ": it refuses to answer us"
	case http.StatusNotFound:
		return scrapers.Unreachable, s + ": there is nothing at this address; was it moved or spelled otherwise?"
	case http.StatusProxyAuthRequired:
		return scrapers.Unreachable, s + ": the proxy wants a name and a password in its address"
	case http.StatusGone:
		return scrapers.Blocked, s + ": it is gone for good; remove it"
	case http.StatusTooManyRequests, 420:
		return scrapers.Throttled, s + ": it wants to be asked less often"
	case http.StatusUnavailableForLegalReasons:
		return scrapers.Blocked, s + ": it may not answer, by law"
	case http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly:
		return scrapers.Unreachable, s
	}
	switch {
	case a.status >= 500 && a.status < 600:
		return scrapers.Unreachable, s + ": it is in trouble itself"
	case a.status >= 400 && a.status < 500:
		return scrapers.SchemaChanged, s + ": it does not understand what is asked"
	case a.status >= 600:
		return scrapers.Blocked, s + ": no status of HTTP; some sites answer so whom they do not want"
	}
	return scrapers.SchemaChanged, s + ": an answer that was not asked for"
}

// text returns what the body says to people, where that is short and plain: an error in JSON or a line.
func (a *answer) text() string {
	media := mediaOf(a.header.Get("Content-Type"))
	if media != "text/plain" && !strings.HasSuffix(media, "json") {
		return ""
	}
	s := string(bytes.ToValidUTF8(a.body[:min(len(a.body), 4096)], nil))
	for _, secret := range a.hide { // before it is cut: half a secret is one as well
		s = strings.ReplaceAll(s, secret, "…")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
