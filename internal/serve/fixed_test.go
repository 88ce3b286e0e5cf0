package serve

import (
	"context"
	"errors"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// fixed is a source that stands still, for answers that must not change when
// counting or detecting does.
type fixed struct {
	view   engine.View
	counts []engine.TermCounts
	err    error

	together []engine.Together
	posts    map[term.ID]uint64
}

func (f *fixed) View() *engine.View { return &f.view }

func (f *fixed) Term(_ context.Context, kind term.Kind, key, platform string) ([]engine.TermCounts, error) {
	var out []engine.TermCounts
	for _, c := range f.counts {
		if c.Term.Kind == kind && c.Term.Key == key && (platform == "" || platform == c.Platform) {
			out = append(out, c)
		}
	}
	return out, f.err
}

func (f *fixed) Together(_ context.Context, _ term.Kind, _, platform string) ([]engine.Together, error) {
	var out []engine.Together
	for _, t := range f.together {
		if platform == "" || platform == t.Platform {
			out = append(out, t)
		}
	}
	return out, f.err
}

func (f *fixed) Posts(_ context.Context, ids []term.ID) ([]uint64, error) {
	out := make([]uint64, len(ids))
	for i, id := range ids {
		out[i] = f.posts[id]
	}
	return out, f.err
}

var (
	fixedAsOf = start.Add(100*time.Hour + 20*time.Minute).Unix()
	bookTok   = term.Term{Kind: term.Hashtag, Key: "booktok", Display: "BookTok"}
	espresso  = term.Term{Kind: term.Sound, Key: "id:douyin:7481", Display: "Artist – Espresso <remix>"}
	bookToks  = term.Term{Kind: term.Hashtag, Key: "book_tok", Display: "Book_Tok"}
	lockstep  = term.Term{Kind: term.Hashtag, Key: "buynow", Display: "BuyNow"}
	linked    = term.Term{Kind: term.Link, Key: "example.com/a/series?page=2", Display: "https://example.com/a/series?page=2"}
)

// hourOf returns the start of an hour of the stream, in Unix seconds.
func hourOf(n int64) int64 { return start.Unix() + n*hourSeconds }

// gaps returns times that were not seen, from and to each in hours of the stream.
func gaps(hours ...int64) (out []engine.Gap) {
	for ; len(hours) > 1; hours = hours[2:] {
		out = append(out, engine.Gap{From: hourOf(hours[0]), To: hourOf(hours[1])})
	}
	return out
}

// fixedSource returns three trends on three platforms, one of which has another
// spelling, one that is held back, and a term that is tracked on one platform and not
// on another.
func fixedSource() *fixed {
	pane := fixedAsOf/detect.PaneSeconds - 1
	hours := make([]uint32, window.Hours)
	fresh := make([]uint32, window.Hours)
	for i := range 6 {
		hours[len(hours)-6+i], fresh[len(fresh)-6+i] = uint32(10*i+3), uint32(15*i+3)
	}
	trend := func(t term.Term, platform string, rank float64, phase detect.Phase, flags detect.Flags) engine.Trend {
		e := detect.Evidence{
			Pane: pane, Started: pane - 30, Score: rank + 1, Z: rank + 1.1, Window: 24, Seen: 120, Expected: 4.123456, Posts: 151,
			Rank: rank, Growth: 2.5, Share: 1, LastHour: 51, BestHour: 43, Day: 150.5, Excess: 140.25,
			PostsPerHour: 53, ExpectedPerHour: 1.5, Age: 100, Flags: flags,
		}
		tr := detect.Trend{
			Candidate: detect.Candidate{Kind: uint8(t.Kind), Evidence: e},
			Phase:     phase, Raised: pane - 20, Since: pane - 10, Began: pane - 31, Threshold: 4.5,
			Confidence: 0.9, Left: detect.Hours{Low: 20.1, Mid: 44, High: 63.5}, Platforms: 1,
		}
		out := engine.Trend{
			Trend: tr, Term: t, Platform: platform, Spread: engine.SpreadAuthors,
			Why: detect.Why{
				WindowMinutes: 240, Seen: 120, Expected: 4.123456, Posts: 120, Z: rank + 1.1, Score: rank + 1, Threshold: 4.5,
				StartedUnix: detect.PaneStart(pane - 31), Platforms: 1, Flags: flags,
			},
		}
		if !flags.Has(detect.FlagGauge) {
			out.Hours, out.Posts, out.Over, out.Authors24, out.Authors72, out.AuthorsError = hours, 168, 2, 140, 150, 0.0325
		}
		return out
	}
	f := &fixed{view: engine.View{
		Seq: 602, AsOf: fixedAsOf, From: windowHour(fixedAsOf) * hourSeconds, Newest: fixedAsOf*1e6 + 123456,
		Trends: []engine.Trend{
			trend(bookTok, "tiktok", 9.5, detect.Rising, detect.FlagNew|detect.FlagFew),
			trend(espresso, "douyin", 4.25, detect.Emerging, detect.FlagGauge),
			trend(linked, "x", 3.125, detect.Fading, 0),
		},
		Platforms: []engine.Platform{
			{Name: "tiktok", Spread: engine.SpreadAuthors, Records: 90_001, Since: start.Unix(), Missing: gaps(31, 32, 90, 93), Thresholds: [detect.Tiers]float64{1.5, 2.5, 3.75, 2.5, 5}},
			{Name: "reddit", Spread: engine.SpreadGroups, Records: 8_002, Since: hourOf(80), Thresholds: [detect.Tiers]float64{1.5, 2.5, 2.5, 2.5, 5}},
			{Name: "douyin", Spread: engine.SpreadUnknown, Records: 703, Since: start.Unix(), Missing: gaps(98, 99), Thresholds: [detect.Tiers]float64{1.5, 2.5, 2.5, 2.5, 5}},
			{Name: "x", Spread: engine.SpreadPosts, Records: 64, Since: hourOf(10), Thresholds: [detect.Tiers]float64{1.5, 2.5, 2.5, 2.5, 5}},
		},
		Counters: engine.Counters{Records: 98770, Occurrences: 98000, Gauges: 703, Observations: 120000, Duplicates: 60, Late: 7, TermsDropped: 1, RecentHorizon: 72},
		Core: engine.Core{
			Stats: window.Stats{
				Posts: 120000, Untracked: 4000, Stale: 3, Admitted: 900, Evicted: 20, Retired: 10,
				Blurred: 2, AuthorsLost: 1, Threshold: 9, Tracked: 870, Capacity: 870,
			},
			DoorkeeperBound: 5, FalseSeen: 0.00012345, FreshHorizon: 23.456789, Gauges: 41, Memory: 64 << 20,
		},
	}}
	v := &f.view
	variant := trend(bookToks, "tiktok", 2, detect.Rising, 0)
	variant.Variant, variant.VariantOf = true, bookTok.Key
	v.Variants = []engine.Trend{variant}
	v.Trends[0].Variants = []engine.Variant{{Term: bookToks, Posts: 168, Over: 2, Authors24: 140, AuthorsError: 0.0325}}
	held := trend(lockstep, "tiktok", 12, detect.Unconfirmed, detect.FlagNew|detect.FlagThin)
	held.Why.Held, held.ThinShare = true, 0.9375
	v.Held = []engine.Trend{held}
	f.together = fixedTogether()
	f.counts = []engine.TermCounts{
		{
			Term: bookTok, Platform: "tiktok", AsOf: fixedAsOf,
			Count:     window.Count{Posts: 168, Over: 2, Tracked: true, Since: pane - 32},
			FirstSeen: detect.PaneStart(pane - 32), HourPosts: hours, HourFresh: fresh,
			HourExpected: fixedUsual(), Scatter: 0.125,
			Authors24: 140, Authors72: 150, AuthorsError: 0.0325, UsualPerHour: 0.25, Evidence: f.view.Trends[0].Evidence,
		},
		{
			Term: term.Term{Kind: term.Hashtag, Key: "booktok", Display: "booktok"}, Platform: "reddit", AsOf: fixedAsOf,
			Count: window.Count{Posts: 3, Over: 3}, ErrorBound: 2,
		},
	}
	return f
}

// fixedUsual is what is usual of a term by hour of the window: more by the hour, and not
// known of one hour.
func fixedUsual() []float64 {
	usual := make([]float64, window.Hours)
	for i := range usual {
		usual[i] = float64(i) / 8
	}
	usual[len(usual)-3] = math.NaN()
	return usual
}

// openStore returns an empty store that is closed with the test.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	st, err := store.Open(t.TempDir(), store.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// fixedStore is a store with some hours of what [fixedSource] has, and some from
// before. The tests that share it only read.
var fixedStore = sync.OnceValues(func() (*store.Store, error) {
	st, err := tempStore()
	if err != nil {
		return nil, err
	}
	return st, fillStore(st)
})

// tempStore returns an empty store that is closed when all tests are over.
func tempStore() (*store.Store, error) {
	dir, err := os.MkdirTemp("", "swell-serve")
	if err != nil {
		return nil, err
	}
	atExit(func() error { return os.RemoveAll(dir) })
	st, err := store.Open(dir, store.Options{MinFree: -1})
	if err == nil {
		atExit(st.Close)
	}
	return st, err
}

func fillStore(st *store.Store) error {
	running := runningHour(fixedAsOf)
	id, chart := term.ScopeOf(term.Hashtag, "tiktok").ID("booktok"), term.ScopeOf(term.Sound, "douyin").ID(espresso.Key)
	first := (running - 30) * hourSeconds * 1e6
	err := st.RegisterTerms([]store.Term{
		{ID: id, Kind: term.Hashtag, Platform: "tiktok", Key: "booktok", Display: "Booktok", FirstSeen: first},
		{ID: chart, Kind: term.Sound, Platform: "douyin", Key: espresso.Key, Display: espresso.Display, FirstSeen: first},
	})
	for h := running - 32; h < running && err == nil; h++ {
		if h == running-20 {
			continue // an hour in which nothing ran
		}
		var points []store.Point
		if h >= running-30 && h%3 == 0 {
			points = append(points, store.Point{ID: id, Posts: uint32(running - h), Fresh: uint32(running - h)})
		}
		err = errors.Join(st.AppendHour(h, points), st.AppendGauges(h, []store.GaugePoint{
			{GaugeKey: store.GaugeKey{ID: chart, List: "hot-music", Metric: "rank"}, Unit: term.UnitRank, Value: float64(running - h)},
			{GaugeKey: store.GaugeKey{ID: chart, List: "hot-music", Metric: "uses"}, Unit: term.UnitTotal, Value: 5648902.5},
		}))
	}
	for pane := range int64(3) {
		v := fixedSource().view
		v.AsOf -= (2 - pane) * detect.PaneSeconds
		v.Seq -= uint64(2 - pane)
		err = errors.Join(err, st.AppendPane(v.AsOf/detect.PaneSeconds-1, nil, nil), st.PutRanking(v.AsOf*1e6, v.AppendBinary(nil)))
	}
	return errors.Join(err, st.PutRanking((fixedAsOf-24*3600)*1e6, []byte("not a view")))
}

func fixedOptions(t testing.TB) Options {
	t.Helper()
	st, err := fixedStore()
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Source: fixedSource(), History: st, Nonce: "test", Version: "1.2.3",
		Clock: func() time.Time { return time.Unix(fixedAsOf, 0).Add(90 * time.Second) },
	}
}

// fixedHealth is how three sources are doing: one well, one in trouble, one off.
func fixedHealth() []scrapers.Health {
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	return []scrapers.Health{
		{
			Name: "bluesky", Platforms: []string{"bluesky"}, State: scrapers.OK, Since: at(5), Records: 180_000, Items: 181_234, PerMinute: 2987.4,
			Newest: at(65), Rejected: 2, Reject: "byte 17: no did", Starts: 1, Covered: 0.9876,
			Parts: []scrapers.PartHealth{
				{Name: "jetstream1.example", State: scrapers.OK, Since: at(5)},
				{Name: "jetstream2.example", State: scrapers.Blocked, Since: at(6), Why: "status 403", Until: at(66)},
			},
			History: []scrapers.Stretch{{State: scrapers.Starting, From: at(4)}, {State: scrapers.OK, From: at(5)}},
		},
		{
			Name: "tiktok", Platforms: []string{"tiktok"}, State: scrapers.Blocked, Since: at(30), Why: "a captcha", Until: at(270),
			Error: "a captcha", ErrorAt: at(30), Starts: 3, Left: 120, PerDay: 500, Covered: 0.25,
			History: []scrapers.Stretch{{State: scrapers.OK, From: at(0)}, {State: scrapers.Blocked, From: at(30)}},
		},
		{Name: "reddit", State: scrapers.Off},
	}
}
