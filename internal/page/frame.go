package page

import (
	"net/http"
	"net/url"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// frame is what every page has around its own part.
type frame struct {
	Title  string
	Nav    string // the entry of the menu that is shown; see places
	Places []place
	Here   string // path and query
	Version,
	Zone, Theme string
	Themes []string
	Zoned  string // whose the zone is
	Demo   bool
	// Stranger says that the viewer has to log in first: nothing is told of how the server is doing.
	Stranger bool
	// Visits says that the viewer has logged in, and can log out.
	Visits bool
	// Done is what a form before has done, in words; empty: nothing.
	Done string

	AsOf    *time.Time
	Seq     uint64
	Stale   bool               // what is told is older than it should be
	Archive bool               // it is so old that nobody waits for more: times are told as of its end
	Loading *api.Progress      // null: nothing is being read
	Down    []api.SourceStatus // sources that deliver nothing though they are on
	Sources int                // that are on
	Idle    bool               // nothing is read: no source is on, and no archive is
	Assets  string             // where the assets are

	Body any
	V    *viewer // tells times as the viewer has them
}

type place struct{ Name, Path, Label string }

// places is the menu.
func places() []place {
	return []place{
		{"trends", "/", "Trends"}, {"compare", "/compare", "Compare"}, {"timing", "/timing", "When to post"}, {"digest", "/digest", "Digest"},
		{"alerts", "/alerts", "Alerts"}, {"watches", "/watches", "Watch lists"}, {"sources", "/sources", "Sources"}, {"about", "/about", "How to read this"},
	}
}

// staleAfter is how old the newest closed pane may be before a page says so: a pane takes ten minutes, and records may come
// some minutes late.
const staleAfter = 30 * time.Minute

// frameOf gathers what stands around a page.
func (p *Page) frameOf(v *viewer, title, nav string) *frame {
	f := &frame{
		Title: title, Nav: nav, Places: places(), Here: v.URL.RequestURI(), Version: p.opt.Version, Zone: v.zone.String(), Theme: v.theme, Themes: themes,
		Zoned: v.zoned, Demo: p.opt.Demo, Done: done(v.URL.Query().Get("done")), Assets: p.assets.path(), V: v,
	}
	f.Visits = p.opt.Doors != nil && p.opt.Doors.Visits(v.Request)
	if !p.opt.API.Allows(v.Request, http.MethodGet, api.StatusPath) {
		f.Version, f.Stranger = "", true
	}
	if status := v.status; status != nil {
		f.AsOf, f.Seq, f.Archive = status.AsOf, status.Seq, v.archive()
		if v.reading() {
			f.Loading = status.Loading
		}
		f.Stale = f.AsOf != nil && v.now.Sub(*f.AsOf) > staleAfter
	}
	var sources api.SourcesAnswer
	if problem := p.opt.API.Get(v.Request, api.SourcesPath, url.Values{}, &sources); problem == nil {
		for _, s := range sources.Sources {
			switch s.State {
			case "off":
				continue
			case "ok", "starting", "ended", "paused":
			default:
				f.Down = append(f.Down, s)
			}
			f.Sources++
		}
		f.Idle = f.Sources == 0 && f.Loading == nil && !f.Archive
	}
	return f
}

// done puts what a form has done into words: an address may hold no others.
func done(code string) string {
	switch code {
	case "muted":
		return "Muted: nobody is told of it any more."
	case "unmuted":
		return "Not muted any more."
	case "watched":
		return "Put on the watch list."
	case "unwatched":
		return "Taken off the watch list."
	case "noted":
		return "Your note is kept."
	case "dropped":
		return "Removed."
	case "saved":
		return "Saved."
	case "sent":
		return "It waits to be sent."
	case "retried":
		return "It is tried again."
	case "acknowledged":
		return "Acknowledged: nothing more is told of this rise."
	case "acknowledged-all":
		return "Acknowledged: nothing more is told of these rises."
	case "snoozed":
		return "Snoozed."
	case "reopened":
		return "Open again."
	}
	return ""
}
