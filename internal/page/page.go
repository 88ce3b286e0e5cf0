package page

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// API answers questions of the endpoint within the process. Any goroutine may call it.
type API interface {
	// Get asks GET path?query for the client of r and puts the answer into out, a pointer to a type of package api. What it
	// points to afterwards may be shared with others and must not be changed.
	Get(r *http.Request, path string, query url.Values, out any) *api.Problem
	// Send asks with another method and a body that is sent as JSON; nil: none. out may be nil.
	Send(r *http.Request, method, path string, body, out any) *api.Problem
	// Allows reports whether the client of r may ask so: a page shows no button that would be refused.
	Allows(r *http.Request, method, path string) bool
}

// Options are the settings of a [Page].
type Options struct {
	API     API // required
	Version string
	Demo    bool // all that is told is made up
	// Doors let browsers in where a token is needed. Nil: everybody who comes here was let in.
	Doors Doors
	// Clock tells how long ago something was. Nil: by the last view.
	Clock func() time.Time
}

// ErrOptions is wrapped by the errors of [New].
var ErrOptions = errors.New("page: bad options")

// Page makes pages. Make it with [New].
type Page struct {
	opt    Options
	assets *assets
	sheets map[string]*sheet
	lists  sync.Mutex    // held while a watch list is changed
	places chan struct{} // for each page that is being made
}

// New returns a page. Errors wrap [ErrOptions], or say which template is wrong.
func New(opt Options) (*Page, error) {
	if opt.API == nil {
		return nil, fmt.Errorf("%w: API is nil", ErrOptions)
	}
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	p := &Page{opt: opt, assets: a, places: make(chan struct{}, maxAtOnce)}
	if p.sheets, err = p.loadSheets(); err != nil {
		return nil, err
	}
	return p, nil
}

// Policy is the Content-Security-Policy of every page: its own assets and its own endpoint, and nothing else. No style or
// script stands in a page itself.
func (p *Page) Policy() string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'"
}

// Handler answers a request that was let in.
type Handler func(r *http.Request) *Answer

// Answer is what is sent.
type Answer struct {
	Status   int    // 0: 200
	Type     string // media type; empty: HTML
	Body     []byte
	Location string         // of a redirection
	Cookies  []*http.Cookie // that are set
	// Forever says that what is at this address never changes.
	Forever bool
	// Problem is why there is no answer; nil: there is one. Whoever looks gets [Page.Problem], programs get the problem.
	Problem *api.Problem
	// Err is what went wrong within, for the log; nil: nothing.
	Err error
}

// Routes returns the handlers by pattern, as of [http.ServeMux].
func (p *Page) Routes() map[string]Handler {
	return map[string]Handler{
		"GET /assets/{version}/{file}":     p.asset,
		"GET /{$}":                         p.viewed(p.ranking),
		"GET /terms/{kind}/{key}":          p.viewed(p.term),
		"POST /terms/{kind}/{key}/mute":    p.viewed(p.muteTerm),
		"POST /terms/{kind}/{key}/unmute":  p.viewed(p.unmuteTerm),
		"POST /terms/{kind}/{key}/watch":   p.viewed(p.watchTerm),
		"POST /terms/{kind}/{key}/unwatch": p.viewed(p.unwatchTerm),
		"POST /terms/{kind}/{key}/note":    p.viewed(p.noteTerm),
		"POST /terms/{kind}/{key}/unnote":  p.viewed(p.unnoteTerm),
		"GET /search":                      p.viewed(p.search),
		"GET /compare":                     p.viewed(p.compare),
		"GET /timing":                      p.viewed(p.timing),
		"GET /sources":                     p.viewed(p.sources),
		"GET /digest":                      p.viewed(p.digest),
		"GET /digest/{date}":               p.viewed(p.digest),
		"POST /digest/{date}/send":         p.viewed(p.sendDigest),
		"GET /alerts":                      p.viewed(p.alerts),
		"POST /alerts":                     p.viewed(p.acknowledgeAll),
		"GET /watches":                     p.viewed(p.watches),
		"GET /about":                       p.viewed(p.about),
		"GET /settings":                    p.viewed(p.noSettings),
		"POST /settings":                   p.viewed(p.settings),
		"GET /login":                       p.viewed(p.login),
		"POST /login":                      p.viewed(p.logIn),
		"POST /logout":                     p.viewed(p.logOut),
		"GET /alerts/{id}":                 p.viewed(p.alert),
		"POST /alerts/{id}":                p.viewed(p.actOnAlert),
		"GET /rules":                       p.viewed(p.rules),
		"GET /rules/{name}":                p.viewed(p.editRule),
		"POST /rules/{name}":               p.viewedUpTo(maxLongForm, p.saveRule),
		"POST /rules/{name}/switch":        p.viewed(p.switchRule),
		"GET /rules/{name}/delete":         p.viewed(p.askDropRule),
		"POST /rules/{name}/delete":        p.viewed(p.dropRule),
		"GET /new/rule":                    p.viewed(p.editRule),
		"POST /new/rule":                   p.viewedUpTo(maxLongForm, p.saveRule),
		"GET /mutes":                       p.viewed(p.mutes),
		"POST /mutes":                      p.viewed(p.addMute),
		"POST /mutes/{id}/delete":          p.viewed(p.dropMute),
		"GET /outbox":                      p.viewed(p.outbox),
		"POST /outbox/retry":               p.viewed(p.retrySink),
		"POST /outbox/{id}/retry":          p.viewed(p.retryMessage),
		"POST /outbox/{id}/delete":         p.viewed(p.dropMessage),
		"GET /watches/{name}":              p.viewed(p.watch),
		"POST /watches/{name}":             p.viewedUpTo(maxLongForm, p.saveWatch),
		"GET /watches/{name}/delete":       p.viewed(p.askDropWatch),
		"POST /watches/{name}/delete":      p.viewed(p.dropWatch),
		"GET /new/watch":                   p.viewed(p.watch),
		"POST /new/watch":                  p.viewedUpTo(maxLongForm, p.saveWatch),
	}
}

// maxAtOnce is how many pages are made at a time: each takes some MiB, and more would only take longer each.
const maxAtOnce = 4

// viewed tells a handler who looks.
func (p *Page) viewed(h func(v *viewer) *Answer) Handler { return p.viewedUpTo(maxForm, h) }

// viewedUpTo is viewed for a form of up to so many bytes. The form is read before the page takes its place, which somebody
// who sends slowly would keep from all others.
func (p *Page) viewedUpTo(longest int64, h func(v *viewer) *Answer) Handler {
	return func(r *http.Request) *Answer {
		if problem := readForm(r, longest); problem != nil {
			return failed(problem)
		}
		select {
		case p.places <- struct{}{}:
			defer func() { <-p.places }()
		case <-r.Context().Done():
			return failed(api.NewProblem(api.ProblemBusy, "the server is busy; ask again"))
		}
		return h(p.viewerOf(r))
	}
}

// seeOther sends the browser on with GET, after a form.
func seeOther(to string) *Answer { return &Answer{Status: http.StatusSeeOther, Location: to} }
