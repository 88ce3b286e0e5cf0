package serve

import (
	"fmt"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// knownPanes is the length of a stream in which what is usual is known: it ends 20 minutes
// into an hour of the fifth day.
const knownPanes = 5*detect.PanesPerDay - 10*detect.PanesPerHour + 2

// known is a world old enough to tell what is usual: tags that come evenly, one of which rises
// in the last five hours, and so does a new one. The tests that share it only read.
var known = sync.OnceValues(func() (*world, error) {
	dir, err := os.MkdirTemp("", "swell-serve")
	if err != nil {
		return nil, err
	}
	atExit(func() error { return os.RemoveAll(dir) })
	w, err := newWorldOf(dir, knownPanes, func(pane int) []term.Record {
		var out []term.Record
		post := func(author string, tag string) {
			out = append(out, term.Record{
				TS: (start.Unix() + int64(pane)*detect.PaneSeconds + int64(len(out))%detect.PaneSeconds) * 1e6, Platform: "tiktok",
				ID: fmt.Sprint(pane, "-", len(out)), Author: author, Tags: []string{tag},
			})
		}
		for i := range 24 {
			post(fmt.Sprint("u", (pane*7+i*13)%997), fmt.Sprint("Daily", i%8))
		}
		if rise := pane - (knownPanes - 5*detect.PanesPerHour); rise >= 0 {
			for i := range 4 + 2*rise {
				post(fmt.Sprint("u", (rise*71+i*17)%997), "Daily3") // people who were there before
				post(fmt.Sprint("u", (rise*53+i*19)%997), "BookTok")
			}
		}
		return out
	})
	if err == nil {
		atExit(w.close)
	}
	return w, err
})

// knownServer returns a server of the world in which what is usual is known.
func knownServer(t *testing.T) *Server {
	t.Helper()
	w, err := known()
	if err != nil {
		t.Fatal(err)
	}
	opt := testOptions(t)
	opt.Source, opt.History = w.engine, w.store
	return newServer(t, opt)
}

// The band in a ranking is that of the series of the term, hour by hour.
func TestRankingTellsWhatIsUsual(t *testing.T) {
	s := knownServer(t)
	found := ask[api.TrendsAnswer](t, s, "/api/v1/trends?series=1")
	if len(found.Trends) < 2 {
		t.Fatalf("%d trends; two rise", len(found.Trends))
	}
	for i := range found.Trends {
		tr := &found.Trends[i]
		points := ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/"+tr.Key+"/series?platform=tiktok").Platforms[0].Points
		bounded := 0
		for k, p := range points {
			if math.IsNaN(float64(p.Low)) { // before the term was tracked
				continue
			}
			bounded++
			at := window.Hours - len(points) + k
			if low, high := tr.Usual.Low[at], tr.Usual.High[at]; low != p.Low || high != p.High {
				t.Errorf("%s, %v: %v to %v are usual in the ranking, %v to %v in the series", tr.Key, p.Start, low, high, p.Low, p.High)
			}
		}
		if bounded < 5 || tr.Key == "daily3" && bounded < window.Hours {
			t.Errorf("%s: what is usual is known of %d of %d hours", tr.Key, bounded, len(points))
		}
	}
	for _, query := range []string{"", "?series=1&at=" + found.AsOf.Format("2006-01-02T15:04:05Z")} {
		for _, tr := range ask[api.TrendsAnswer](t, s, "/api/v1/trends"+query).Trends {
			if tr.Usual != nil {
				t.Errorf("%q tells what is usual of %s", query, tr.Key)
			}
		}
	}
}
