package serve

import (
	"fmt"
	"math"
	"os"
	"sync"
	"testing"
	"time"

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

// An open trend has its hours to come in the series, from the running one on, and only there.
func TestSeriesTellsOfTheHoursToCome(t *testing.T) {
	s := knownServer(t)
	const target = "/api/v1/terms/hashtag/daily3/series?platform=tiktok"
	got := ask[api.SeriesAnswer](t, s, target)
	row := got.Platforms[0]
	if len(row.Forecast) != detect.ForecastHours {
		t.Fatalf("%d hours are told", len(row.Forecast))
	}
	last := row.Points[len(row.Points)-1]
	for i, f := range row.Forecast {
		if !f.Start.Equal(last.Start.Add(time.Duration(i)*time.Hour)) || !(0 <= f.Low && f.Low <= f.Mid && f.Mid <= f.High) {
			t.Errorf("hour %d: %+v", i, f)
		}
	}
	if f := row.Forecast[0]; !last.Partial || f.Low < api.Number(last.Posts) {
		t.Errorf("the running hour has %d posts so far and is to have %v to %v", last.Posts, f.Low, f.High)
	}
	over := got.AsOf.Truncate(time.Hour)
	for _, more := range []string{"&step=1d", "&at=" + got.AsOf.Format(time.RFC3339), "&from=" + over.Add(-9*time.Hour).Format(time.RFC3339) + "&to=" + over.Format(time.RFC3339)} {
		for _, row := range ask[api.SeriesAnswer](t, s, target+more).Platforms {
			if row.Forecast != nil {
				t.Errorf("%s: hours to come are told", more)
			}
		}
	}
	for _, row := range ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/daily5/series").Platforms {
		if row.Forecast != nil {
			t.Error("hours to come are told of what is no trend")
		}
	}
}
