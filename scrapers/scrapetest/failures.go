package scrapetest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// TooMany answers 429; retryAfter is the header's value, in seconds or as a date, or empty for none.
func TooMany(retryAfter string) Failure { return status(http.StatusTooManyRequests, retryAfter) }

// Unavailable answers 503; retryAfter as for [TooMany].
func Unavailable(retryAfter string) Failure { return status(http.StatusServiceUnavailable, retryAfter) }

// Forbidden answers 403.
func Forbidden() Failure { return status(http.StatusForbidden, "") }

// Unauthorized answers 401.
func Unauthorized() Failure { return status(http.StatusUnauthorized, "") }

// NotFound answers 404.
func NotFound() Failure { return status(http.StatusNotFound, "") }

// Gone answers 410.
func Gone() Failure { return status(http.StatusGone, "") }

// NotModified answers 304 to whatever was asked.
func NotModified() Failure { return status(http.StatusNotModified, "") }

func status(code int, retryAfter string) Failure {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

// Captcha answers 200 with a page that wants a human.
func Captcha() Failure {
	return Body("text/html; charset=utf-8", `<!DOCTYPE html><html><head><title>Verify you are human</title></head><body>
<div id="captcha-container" class="captcha_verify_container">Drag the slider to fit the puzzle</div></body></html>`)
}

// LoginPage answers 200 with a page that wants a password.
func LoginPage() Failure {
	return Body("text/html; charset=utf-8", `<!DOCTYPE html><html><head><title>Log in</title></head><body>
<form action="/login" method="post"><input name="username"><input type="password" name="password"></form></body></html>`)
}

// Body answers 200 with a body of a media type.
func Body(mediaType, body string) Failure {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write([]byte(body)) // a client that is gone needs no answer
	}
}

// Empty answers 200 with nothing.
func Empty() Failure { return Body("application/json", "") }

// Drift answers as the site does, in its media type, with another form in it.
func Drift() Failure {
	return replaced(func(mediaType string, _ []byte) []byte {
		switch {
		case bytes.Contains([]byte(mediaType), []byte("json")):
			return []byte(`{"version":9,"payload":{"blocks":[]}}`)
		case bytes.Contains([]byte(mediaType), []byte("csv")):
			return []byte("<!-- moved -->\n")
		case bytes.Contains([]byte(mediaType), []byte("xml")):
			return []byte(`<?xml version="1.0"?><catalogue><thing/></catalogue>`)
		}
		return []byte(`<!DOCTYPE html><html><head><title>New look</title></head><body><div id="app"></div></body></html>`)
	})
}

// Cut answers with the first half of what the site says, as if it were all.
func Cut() Failure {
	return replaced(func(_ string, body []byte) []byte { return body[:len(body)/2] })
}

// BadCharset answers as the site does and claims a charset that it is not in.
func BadCharset() Failure {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := record(r, next)
		copyHeader(w, rec)
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type")+"; charset=utf-16be")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(append(rec.Body.Bytes(), 0xff, 0xfe))
	}
}

// ClockOff answers as the site does, by a clock that is off.
func ClockOff(by time.Duration) Failure {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := record(r, next)
		copyHeader(w, rec)
		w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}
}

// Redirect answers with a redirect.
func Redirect(code int, to string) Failure {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.Redirect(w, r, to, code) }
}

// RedirectLoop answers with a redirect to itself.
func RedirectLoop() Failure {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, r.URL.RequestURI(), http.StatusFound)
	}
}

// SlowDrip answers with a byte every pause until the client has enough of it.
func SlowDrip(pause time.Duration) Failure {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		out := http.NewResponseController(w)
		for {
			if _, err := w.Write([]byte(" ")); err != nil || out.Flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// Hang does not answer until the client has enough of it.
func Hang() Failure {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }
}

// HalfClosed promises the whole answer and closes the connection after half of it.
func HalfClosed() Failure {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := record(r, next)
		copyHeader(w, rec)
		body := rec.Body.Bytes()
		w.Header().Set("Content-Length", strconv.Itoa(max(len(body), 2)))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		Reset()(w, r, next)
	}
}

// Reset closes the connection without an answer.
func Reset() Failure {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
}

// GzipBomb answers with so many bytes of spaces, to the next MiB, compressed to a thousandth of that.
func GzipBomb(size int64) Failure {
	const part = 1 << 20
	bomb := sync.OnceValue(func() []byte {
		var member bytes.Buffer
		z := gzip.NewWriter(&member)
		_, _ = z.Write(bytes.Repeat([]byte(" "), part)) // a buffer takes everything
		_ = z.Close()
		// Members of gzip that follow each other are one stream (RFC 1952, section 2.2).
		return bytes.Repeat(member.Bytes(), int((size+part-1)/part))
	})
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb()) // a client that has enough of it goes
	}
}

// replaced answers as the site does, with another body.
func replaced(by func(mediaType string, body []byte) []byte) Failure {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := record(r, next)
		copyHeader(w, rec)
		w.Header().Del("Content-Length")
		w.Header().Del("ETag")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(by(rec.Header().Get("Content-Type"), rec.Body.Bytes()))
	}
}

func record(r *http.Request, next http.Handler) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	plain := r.Clone(r.Context())
	plain.Header.Del("If-None-Match")
	plain.Header.Del("If-Modified-Since")
	plain.Header.Del("Accept-Encoding")
	next.ServeHTTP(rec, plain)
	return rec
}

func copyHeader(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
}
