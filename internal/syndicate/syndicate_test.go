package syndicate

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

var update = flag.Bool("update", false, "write the golden files anew")

// morning is when the first trend of the tests was raised.
var morning = time.Date(2026, 3, 6, 6, 10, 0, 0, time.UTC)

func hours(n float64) time.Time { return morning.Add(time.Duration(n * float64(time.Hour))) }

// rise is a trend that was raised some hours after the morning, and changed its phase as often as said since.
func rise(kind, term, platform, phase string, raised float64, changes int) Rise {
	return Rise{
		Raised: hours(raised), Changes: changes,
		Last: api.Detection{
			TS: hours(raised + 2*float64(changes)), Kind: kind, Key: strings.ToLower(term), Term: term, Platform: platform, Phase: phase, From: "post",
			Score: 5.123, RatePerH: 1053, ExpectedPerH: 1.54, Authors24h: 1140, Started: hours(raised - 7), Confidence: 0.9,
			HoursLeft: api.Range{Low: 20.1, Mid: 44.25, High: 63.5},
		},
	}
}

// hostile are terms that somebody would like to do something with.
var hostile = []string{
	"]]><script>alert(1)</script>", "<img src=x onerror=alert(1)>", `"&lt;&amp;'`, "a\r\nEND:VEVENT\r\nBEGIN:VALARM", `back\slash;semi,comma\n`,
	"\u202eesrever\u2066", "nul\x00\x1b[2Jesc\u0085\u2028\ufeff\uffff\ufffe", "bad\xff\xfe\xc3utf8", "日本語のとても長い言葉" + strings.Repeat("👩‍👩‍👧", 40),
	"שלום 2026", "=HYPERLINK(1)", "//evil.example/a?b#c%00", "..", ":", strings.Repeat("é", 200), "\U0001F3F4\U000E0067\U000E0062\U000E007F",
}

func fixed() []Rise {
	rises := []Rise{
		rise("hashtag", "BookTok", "tiktok", "rising", 0, 1),
		rise("sound", "id:douyin:7481", "douyin", "emerging", 1, 0),
		rise("link", "example.com/a/series?page=2", "x", "over", 2, 4),
		rise("keyword", "one of a kind", "reddit", "fading", 3, 3),
	}
	rises[1].Last.From, rises[1].Last.Term, rises[1].Last.Authors24h = "gauge", "Artist – Espresso <remix>", 0
	rises[2].Last.RatePerH, rises[2].Last.ExpectedPerH, rises[2].Last.Authors24h = 7, 0.0123, 1
	rises[3].Last.HoursLeft, rises[3].Last.Confidence = api.Range{Low: api.Unknown, Mid: api.Unknown, High: api.Unknown}, api.Unknown
	for i, term := range hostile {
		r := rise("hashtag", term, "x", "peaking", 4+float64(i), 2)
		rises = append(rises, r)
	}
	return rises
}

var (
	site = Site{Base: "https://radar.example", Path: api.AtomPath}
	some = Site{Base: "http://127.0.0.1:7310", Path: api.ICalPath, Query: url.Values{"platform": {"x", "tiktok"}, "min_confidence": {"0.5"}}, Demo: true}
)

func TestGolden(t *testing.T) {
	for name, s := range map[string]Site{"site": site, "demo": some} {
		feed, err := Atom(&s, hours(30), fixed())
		if err != nil {
			t.Fatal(err)
		}
		holdTo(t, name+".atom", feed)
		holdTo(t, name+".ics", Calendar(&s, fixed(), map[string]string{"tiktok": "Best hours to post (UTC): Tue 18:00, Sat 9:00."}))
		holdTo(t, name+"-none.ics", Calendar(&s, nil, nil))
	}
}

func holdTo(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s (go test -update writes it anew):\n%s", file, got)
	}
}

// What names a rise does not change with its phase, nor with the name of this machine that was asked, and no
// other rise has it.
func TestNames(t *testing.T) {
	for base, want := range map[string]string{
		"http://localhost:7310": "localhost", "http://127.0.0.1:7310": "localhost", "http://[::1]:80": "localhost", "https://Radar.example/swell": "radar.example",
		"http://[2001:db8::7]:7310": "2001-db8--7", "": "localhost", "http://": "localhost", "http://10.0.0.7": "10.0.0.7",
	} {
		if got := (&Site{Base: base}).authority(); got != want {
			t.Errorf("%q: names are of %q, want %q", base, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(label string) Rise {
			r := rise(rapid.SampledFrom([]string{"hashtag", "link"}).Draw(rt, label+" kind"), rapid.SampledFrom(append(hostile, "a", "a/b", "b", "%2F")).Draw(rt, label+" term"),
				rapid.SampledFrom([]string{"x", "x/a"}).Draw(rt, label+" platform"), "rising", float64(rapid.IntRange(0, 1).Draw(rt, label+" raised")), rapid.IntRange(0, 3).Draw(rt, label+" changes"))
			r.Last.From = rapid.SampledFrom([]string{"post", "gauge"}).Draw(rt, label+" from")
			return r
		}
		a, b := draw("a"), draw("b")
		same := a.Last.Kind == b.Last.Kind && a.Last.Key == b.Last.Key && a.Last.Platform == b.Last.Platform && a.Last.From == b.Last.From && a.Raised.Equal(b.Raised)
		if (site.id(&a) == site.id(&b)) != same || (site.uid(&a) == site.uid(&b)) != same {
			rt.Fatalf("%q and %q are names of the same: %t", site.id(&a), site.id(&b), same)
		}
		if u, err := url.Parse(site.id(&a)); err != nil || u.Scheme != "tag" {
			rt.Fatalf("%q is no URI: %v", site.id(&a), err)
		}
	})
}

func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Rise)
		want   time.Time
	}{
		"open":           {func(*Rise) {}, hours(2 + 44.25)},
		"over":           {func(r *Rise) { r.Last.Phase = "over" }, hours(2)},
		"over at once":   {func(r *Rise) { r.Last.Phase, r.Last.TS = "over", morning }, morning.Add(10 * time.Minute)},
		"no hours left":  {func(r *Rise) { r.Last.TS, r.Last.HoursLeft.Mid = morning, 0 }, morning.Add(10 * time.Minute)},
		"nobody knows":   {func(r *Rise) { r.Last.HoursLeft.Mid = api.Unknown }, hours(2)},
		"beyond reason":  {func(r *Rise) { r.Last.HoursLeft.Mid = 1e300 }, hours(2 + 30*24)},
		"before it rose": {func(r *Rise) { r.Last.HoursLeft.Mid = -5 }, hours(2)},
	} {
		r := rise("hashtag", "BookTok", "tiktok", "rising", 0, 1)
		c.change(&r)
		if got := r.Ends(); !got.Equal(c.want) {
			t.Errorf("%s: ends at %s, want %s", name, got, c.want)
		}
	}
}

func ExampleAtom() {
	s := Site{Base: "https://radar.example", Path: api.AtomPath}
	feed, err := Atom(&s, morning, nil)
	fmt.Println(strings.Count(string(feed), "<entry>"), err)
	// Output: 0 <nil>
}
