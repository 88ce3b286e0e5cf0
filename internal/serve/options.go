package serve

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/internal/export"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/note"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Source is what is counted now: an [engine.Engine]. Any goroutine may call it.
type Source interface {
	// View returns the newest view, never nil and never changed.
	View() *engine.View
	// Term returns what is known of a term by platform, or on one platform.
	Term(ctx context.Context, kind term.Kind, key, platform string) ([]engine.TermCounts, error)
	// Together returns the terms that come in the same posts as a term, by platform.
	Together(ctx context.Context, kind term.Kind, key, platform string) ([]engine.Together, error)
	// Posts returns in how many posts of the window each of the terms was used.
	Posts(ctx context.Context, ids []term.ID) ([]uint64, error)
}

// History is what was stored: a [store.Store]. Any goroutine may call it. Hours
// are counted since 1970, UTC.
type History interface {
	// Term returns an entry of the dictionary, or [store.ErrUnknownTerm].
	Term(id term.ID) (store.Term, error)
	// Series returns the points of a term in from ≤ hour < to, or [store.ErrUnknownTerm].
	Series(id term.ID, from, to int64) ([]store.HourPoint, error)
	// Hours returns the hours in from ≤ hour < to that were counted at all.
	Hours(from, to int64) ([]int64, error)
	// Gauges returns the gauges of a term, by list and metric.
	Gauges(id term.ID) ([]store.Gauge, error)
	// GaugeSeries returns the readings of a gauge in from ≤ hour < to, or [store.ErrNotFound].
	GaugeSeries(k store.GaugeKey, from, to int64) ([]store.GaugeValue, error)
	// RankingAt returns the newest view that was published at or before t (µs), as
	// [engine.View.AppendBinary] wrote it, or [store.ErrNotFound]. There is one for
	// the end of each closed pane.
	RankingAt(t int64) (at int64, data []byte, err error)
	// RankingFrom returns the time (µs) of the oldest one at or after t, or
	// [store.ErrNotFound].
	RankingFrom(t int64) (at int64, err error)
	// PaneSeries returns the points of a term in from ≤ pane < to, or [store.ErrUnknownTerm].
	PaneSeries(id term.ID, from, to int64) ([]store.PanePoint, error)
	// TrackingAt returns how a term was counted at the end of a pane and since which
	// pane, 0 if nothing is kept, or [store.ErrUnknownTerm].
	TrackingAt(id term.ID, pane int64) (t store.Tracking, from int64, err error)
	// FilterTerms returns the terms that were used, on the days from that of pane from
	// to that of pane to, as the filter says, or [store.ErrNotFound].
	FilterTerms(from, to int64, f store.TermFilter) (*store.TermSet, error)
	// TermFacets returns the values of a facet that one of the terms had, on the same days, those of the most days first.
	TermFacets(ids []term.ID, from, to int64, facet store.Facet) ([]store.FacetDays, error)
	// PanesFrom returns the first pane of which PaneSeries and TrackingAt know.
	PanesFrom() int64
	// Activity returns the hours in from ≤ hour < to in which something happened on the platform.
	Activity(platform string, from, to int64) ([]store.HourActivity, error)
	// ActivityHours returns the hours in from ≤ hour < to of which Activity knows.
	ActivityHours(from, to int64) ([]int64, error)
	// Search returns the terms of the dictionary that match, and whether these are all.
	Search(q store.Search) (found []store.Match, all bool, err error)
	// DayPoints yields what was counted in a closed day, or [store.ErrNotFound].
	DayPoints(day int64) (hours uint32, terms iter.Seq2[store.TermDay, error], err error)
	// ClosedDays returns the days that are closed and kept, since 1970, rising.
	ClosedDays() ([]int64, error)
	// Detection returns a line of the log of detections, or [store.ErrNotFound].
	Detection(pos uint64) ([]byte, error)
	// DetectionsFrom and DetectionCount are where the log begins and ends.
	DetectionsFrom() uint64
	DetectionCount() uint64
}

// Outbox is what waits to be sent: an [outbox.Outbox]. Any goroutine may call it.
type Outbox interface {
	State() []api.SinkStatus
	Messages() []api.OutboxMessage
	// Retry and Drop return [outbox.ErrNotFound] or [outbox.ErrSending], Retry [outbox.ErrOver] as well, RetrySink
	// [outbox.ErrNoSink]; or the store's error.
	Retry(id string) error
	RetrySink(name string) (n int, err error)
	Drop(id string) error
}

// Options are the settings of a [Server].
type Options struct {
	// Source is required.
	Source Source
	// History may be nil: series then reach back no further than the window,
	// there are no readings, and nothing can be asked as of a past moment.
	History History

	// Exports are the files of closed days. Nil: there are none.
	Exports *export.Exports

	// Shelf keeps the watch lists from run to run. Nil: they are kept in memory alone.
	Shelf Shelf

	// Alerts keeps alerts, rules and mutes. Nil: there are none.
	Alerts *alert.Desk

	// Examples are posts of the trends that are open. Nil: none are known.
	Examples *example.Book

	// Notes keeps what people write beside terms. Nil: it is kept in memory alone.
	Notes *note.Book

	// Watched is told of the watch lists before New returns, and whenever they have changed. It
	// has returned before the change is answered. Nil: nobody is. Any goroutine calls it, one at
	// a time.
	Watched func(lists []*watch.List)

	// Intake takes the records that are sent in. Nil: none are taken.
	Intake Intake

	// Outbox is what waits to be sent. Nil: there is none, because nothing runs that would send.
	Outbox Outbox
	// SendDigest puts the digest of a name and a date into it, once more perhaps, and returns the IDs of its messages. An
	// error wraps [ErrNoDigest] or [ErrDigestWaits] or is an [*api.Problem], or the store's. Nil: there is none. Any goroutine calls it.
	SendDigest func(ctx context.Context, name, date string) (messages []string, err error)

	// Sources tells how the sources are doing; nil: there are none. Any goroutine may call it.
	Sources func() []scrapers.Health
	// Demo says in every answer that what it tells is made up. Records are not taken: they
	// would be thrown away with it.
	Demo bool

	// Hosts are the host names, without port, under which the server may be
	// asked beyond localhost, 127.0.0.1 and [::1]. A page of a foreign site
	// that has its own name resolve to this machine (DNS rebinding) is refused
	// because its name is not among them.
	Hosts []string

	// Access says who may ask for what. Nil, or as long as it asks for no token: everybody
	// who reaches the server, for everything.
	Access *access.Tokens

	// Sessions let browsers in that have logged in with a token of Access. Nil: nobody can log in.
	Sessions *access.Sessions

	// Origins are the origins of pages that may ask and read the answers, as in
	// https://radar.example. Those of other sites may do neither.
	Origins []string

	// PublicURL is how people reach the server, as in https://radar.example: links in feeds, calendars and digests begin
	// with it. Empty: they begin with the address that was asked.
	PublicURL string

	// TLS says that the server is asked over TLS alone.
	TLS bool

	// Limits bound what a client may ask: the holder of a token, or else an address. The
	// zero value bounds nothing.
	Limits access.Limits

	// Nonce tells one start of the server from the next: it begins every
	// request ID and entity tag. Required, 1 to 32 letters, digits, '-' or '_';
	// take it at random.
	Nonce string

	// Version is shown by /api/v1/status.
	Version string

	// Clock tells how far the newest record lies behind, and how often a client asks. Nil:
	// the lag is not told, and there may be no Limits.
	Clock func() time.Time

	// Loading tells whether an archive is being read, and how far. Nil: the
	// server is ready from the start. It is called by any goroutine.
	Loading func() api.Progress

	// Observe is told of every request that was answered: the pattern of its route, empty
	// for what was refused before it had one, and how long it took by Clock; of a stream
	// until it begins. Nil: nobody is. Any goroutine calls it.
	Observe func(pattern, method string, status int, took time.Duration)
	// Metrics answers GET /metrics. Nil: there are none.
	Metrics http.Handler

	// Feed is what GET /api/v1/stream tells. Nil: nothing is counted, so that there is
	// nothing to follow.
	Feed *feed.Feed
	// MaxStreams is how many may follow at a time. Zero: 2,000. Each takes about 30 KB.
	MaxStreams int
	// Machine is the machine's clock, whatever Clock is: the deadlines of connections are
	// in its time. Nil: who follows may read as slowly as they like.
	Machine func() time.Time

	// Logger receives a line for every request at debug level, and what went
	// wrong inside the server at error level. Nil discards them.
	Logger *slog.Logger
}

func (o *Options) validate() error {
	if o.Source == nil {
		return fmt.Errorf("%w: Source is nil; give an engine", ErrOptions)
	}
	if !validNonce(o.Nonce) {
		return fmt.Errorf("%w: Nonce is %.80q; use 1 to 32 letters, digits, '-' or '_', chosen at random", ErrOptions, o.Nonce)
	}
	for _, host := range o.Hosts {
		if !validHost(host) {
			return fmt.Errorf("%w: host %.80q is not a bare name or address; leave out scheme, port and path", ErrOptions, host)
		}
	}
	for _, origin := range o.Origins {
		if err := validOrigin(origin); err != nil {
			return err
		}
	}
	if err := o.validatePublicURL(); err != nil {
		return err
	}
	if l := o.Limits; l.PerSecond < 0 || l.PerSecond > 1e6 || l.PerSecond != l.PerSecond || l.PerSecond > 0 && l.Burst < 1 || l.AtOnce < 0 {
		return fmt.Errorf("%w: limits of %g requests a second, %d at once after a pause and %d at a time; use 0 for no bound, or up to 1000000 a second and at least 1 after a pause",
			ErrOptions, l.PerSecond, l.Burst, l.AtOnce)
	}
	if (o.Limits.PerSecond > 0) && o.Clock == nil {
		return fmt.Errorf("%w: Limits without a Clock to keep them by", ErrOptions)
	}
	if o.MaxStreams < 0 {
		return fmt.Errorf("%w: MaxStreams is %d; leave it out for %d", ErrOptions, o.MaxStreams, defaultStreams)
	}
	if o.MaxStreams == 0 {
		o.MaxStreams = defaultStreams
	}
	if o.Notes == nil {
		o.Notes, _, _ = note.Open(nil)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// validatePublicURL fails for what links cannot begin with, and takes a slash at the end off.
func (o *Options) validatePublicURL() error {
	if o.PublicURL == "" {
		return nil
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.String() != o.PublicURL || strings.ContainsAny(o.PublicURL, "?#") {
		return fmt.Errorf("%w: the public URL (public_url) is more than an address, or none; write it as https://radar.example", ErrOptions)
	}
	return nil
}

func validNonce(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// validHost reports whether s is an IP address, in brackets or not, or a name.
func validHost(s string) bool {
	if net.ParseIP(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")) != nil {
		return true
	}
	return s != "" && len(s) <= 253 && !strings.ContainsAny(s, ":/@?#[]\\ \t\r\n")
}
