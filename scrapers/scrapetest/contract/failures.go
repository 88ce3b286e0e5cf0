package contract

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

type failure struct {
	name   string
	do     scrapetest.Failure
	states []scrapers.State // one of which is reported; none: whatever
}

// nobody is the port of discard: nobody answers there.
const nobody = "http://127.0.0.1:9/"

// failures are what a site may do, and how a source says it.
func (s *Subject) failures() []failure {
	all := []failure{
		{"429 with a time", scrapetest.TooMany("120"), []scrapers.State{scrapers.Throttled}},
		{"429 without one", scrapetest.TooMany(""), []scrapers.State{scrapers.Throttled}},
		{"503", scrapetest.Unavailable(""), []scrapers.State{scrapers.Unreachable, scrapers.Throttled}},
		{"403", scrapetest.Forbidden(), []scrapers.State{scrapers.Blocked}},
		{"401", scrapetest.Unauthorized(), []scrapers.State{scrapers.LoginWall}},
		{"redirect to nobody", scrapetest.Redirect(http.StatusFound, nobody), []scrapers.State{scrapers.Unreachable, scrapers.Blocked}},
		{"redirects without end", scrapetest.RedirectLoop(), []scrapers.State{scrapers.Unreachable, scrapers.Blocked}},
		{"reset", scrapetest.Reset(), []scrapers.State{scrapers.Unreachable}},
	}
	if !s.Stream {
		all = append(all,
			failure{"captcha", scrapetest.Captcha(), []scrapers.State{scrapers.Blocked, scrapers.SchemaChanged}},
			failure{"login page", scrapetest.LoginPage(), []scrapers.State{scrapers.LoginWall, scrapers.Blocked, scrapers.SchemaChanged}},
			failure{"nothing", scrapetest.Empty(), []scrapers.State{scrapers.SchemaChanged, scrapers.Unreachable, scrapers.Blocked}},
			failure{"half closed", scrapetest.HalfClosed(), []scrapers.State{scrapers.Unreachable}},
			failure{"cut", scrapetest.Cut(), []scrapers.State{scrapers.SchemaChanged, scrapers.Unreachable}},
			failure{"drift", scrapetest.Drift(), []scrapers.State{scrapers.SchemaChanged}},
			failure{"gzip bomb", scrapetest.GzipBomb(64 << 20), []scrapers.State{scrapers.Unreachable, scrapers.SchemaChanged, scrapers.Blocked}},
			failure{"unasked 304", scrapetest.NotModified(), nil},
			failure{"bad charset", scrapetest.BadCharset(), nil},
			failure{"clock off", scrapetest.ClockOff(clockOff), nil},
		)
	}
	for i := range all {
		if states, ok := s.States[all[i].name]; ok {
			all[i].states = states
		}
	}
	return all
}

// recovers has the site fail for a while: that is told, no record is made of it, and then
// everything comes.
func (s *Subject) recovers(tb testing.TB, t *testing.T, f failure) {
	tb.Helper()
	st := s.stage(tb, t)
	st.site.Always(f.do)
	told := func() bool {
		if f.states == nil {
			return len(st.site.Seen()) > 0
		}
		for _, state := range f.states {
			if _, ok := st.host.Reached(state); ok {
				return true
			}
		}
		return false
	}
	st.run(fmt.Sprintf("one of the states %v", f.states), told)
	if got := st.host.Records(); f.states != nil && len(got) > 0 {
		tb.Errorf("a record came out of a failure: %s", term.AppendRecord(nil, &got[0]))
	}
	st.site.Always(nil)
	st.run("recovering", st.complete)
}
