package sink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// maxAnswer is how much of an answer is read, in bytes, where nothing else is said.
const maxAnswer = 64 << 10

// request is what a service is asked.
type request struct {
	who    string // the service, as errors call it
	method string // empty: POST
	url    secret
	header http.Header
	body   []byte
	most   int64 // bytes of the answer that are read; 0: maxAnswer
}

// reply is what it answered.
type reply struct {
	who    string
	status int
	header http.Header
	body   []byte
}

func (r *reply) ok() bool { return r.status >= 200 && r.status < 300 }

// jsonHeader are the headers of a body that is JSON.
func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json; charset=utf-8"}}
}

// do asks a service. An error is of the way: whatever was answered is a reply.
func (n *network) do(ctx context.Context, q *request) (*reply, *Error) {
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				written.Store(true)
			}
		},
	})
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, q.url.reveal(), bytes.NewReader(q.body))
	if err != nil {
		return nil, Permanentf("%s was not asked: its address cannot be used", q.who)
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", n.agent)
	answer, err := n.client.Do(r)
	if err != nil {
		return nil, &Error{
			Permanent: permanent(err), Doubt: written.Load() && method != http.MethodGet,
			Reason: fmt.Sprintf("%s was not reached: %s", q.who, n.reason(err)),
		}
	}
	defer answer.Body.Close()
	most := q.most
	if most == 0 {
		most = maxAnswer
	}
	out := &reply{who: q.who, status: answer.StatusCode, header: answer.Header}
	out.body, err = io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case int64(len(out.body)) > most:
		out.body = out.body[:most]
		if method == http.MethodGet {
			return nil, Permanentf("%s answered with more than %d bytes", q.who, most)
		}
	case err != nil && method == http.MethodGet:
		return nil, &Error{Reason: fmt.Sprintf("%s did not finish its answer: %s", q.who, n.reason(err))}
	}
	return out, nil // the status says what became of it, even if the rest is lost
}

// judge says what a reply means to HTTP; nil: it was taken. Services that mean something else by a status look first.
func (n *network) judge(r *reply) *Error {
	if r.ok() {
		return nil
	}
	e := &Error{After: retryAfter(r.header, n.now()), Reason: fmt.Sprintf("%s answered %s", r.who, n.said(r))}
	switch {
	case r.status == http.StatusTooManyRequests:
		e.Reason = fmt.Sprintf("%s wants fewer messages: it answered %s", r.who, n.said(r))
	case r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly, r.status == http.StatusInternalServerError,
		r.status == http.StatusServiceUnavailable:
	case r.status >= 500:
		e.Doubt = true // somebody on the way knows no more than we do
	case r.status == http.StatusGone:
		e.Permanent, e.Off = true, true
		e.Reason += ": it wants no more messages"
	case r.status >= 300 && r.status < 400:
		e.Permanent = true
		e.Reason += ": redirects are not followed; write the new address into the setting"
	default:
		e.Permanent = true
	}
	return e
}

// said is a reply in short: its status, and the beginning of what it says.
func (n *network) said(r *reply) string {
	out := strconv.Itoa(r.status)
	if text := http.StatusText(r.status); text != "" {
		out += " " + text
	}
	body := strings.Join(strings.Fields(n.secrets.scrub(strings.ToValidUTF8(string(r.body), "\ufffd"))), " ")
	if body != "" {
		out += fmt.Sprintf(" (%s)", console.Cut(console.Printable(body), 200))
	}
	return out
}

// longestRetry bounds what a service may ask for.
const longestRetry = 24 * time.Hour

// retryAfter returns how long an answer says to wait: a number of seconds or a date (RFC 9110, 10.2.3); 0 if it does not.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		return seconds(n)
	}
	t, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date // the clock that the other date is by
	}
	return min(max(t.Sub(now), 0), longestRetry)
}

// seconds returns a number of seconds, rounded up to a millisecond, between 0 and [longestRetry].
func seconds(n float64) time.Duration {
	switch {
	case !(n > 0):
		return 0
	case n >= longestRetry.Seconds():
		return longestRetry
	}
	return time.Duration(n*1000+1) * time.Millisecond
}
