package fetch

import (
	"net/http"
	"time"
)

// Request is one thing to ask for.
type Request struct {
	URL    string      // http or https
	Method string      // "" is GET
	Body   []byte      // of a POST
	Header http.Header // beside what fetch sets itself: User-Agent, Accept-Encoding; no Cookie is sent. Nil: none

	// Accept are the media types that the answer may have ("application/json"); "*+json" and the
	// like match suffixes. Any other answer is a trouble: a page of HTML where JSON
	// was asked for is a wall or a change, not data. Empty: any.
	Accept []string

	// MaxBytes bounds the body after it is decompressed; 0: 8 MiB. A larger answer is an
	// error, never a part of it.
	MaxBytes int64

	// API says that the address is an interface documented for programs, or one that the
	// user has named to be read as a feed reader does: robots.txt, which speaks to
	// crawlers, is not asked.
	API bool

	// Known is what the last answer that was taken gave as [Response.Validators]: the server is
	// asked whether anything has changed since. The zero value asks for everything.
	Known Validators
}

// Response is an answer with status 200 to 299, or one that says that nothing has changed.
type Response struct {
	Status    int
	URL       string // the last, after redirects
	Moved     string // where a permanent redirect (301, 308) from the first URL led to; empty: nowhere
	Header    http.Header
	Body      []byte // decompressed; UTF-8 where the media type is text, XML or HTML, whatever its charset was; the caller's
	Unchanged bool   // since [Request.Known]: 304, or the same body; Body is empty then
	// Validators are for the next request. A source keeps them in its cursor, with what it took
	// from the body: then no answer is passed over that was not delivered.
	Validators Validators
	At         time.Time
}

// Validators say which version of a resource somebody has.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"modified,omitempty"`
	Hash         uint64 `json:"hash,omitempty"` // of the body: for servers that give neither
}
