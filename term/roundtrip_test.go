package term

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func recordGen() *rapid.Generator[Record] {
	field := rapid.StringN(0, 20, 100)
	list := rapid.SliceOfN(rapid.StringN(1, 20, 100), 0, 5)
	value := rapid.Map(rapid.Float64(), func(f float64) float64 { return f + 0 })
	return rapid.Custom(func(t *rapid.T) Record {
		rec := Record{
			TS:       rapid.Int64Range(minTS, maxTS-1).Draw(t, "ts"),
			Platform: rapid.StringMatching(`[a-z0-9._-]{1,64}`).Draw(t, "platform"),
			ID:       field.Draw(t, "id"),
			Author:   field.Draw(t, "author"),
			Group:    field.Draw(t, "group"),
			Lang:     field.Draw(t, "lang"),
			Region:   field.Draw(t, "region"),
			Text:     rapid.StringN(1, 200, 1000).Draw(t, "text"),
			Repost:   rapid.Bool().Draw(t, "repost"),
			Tags:     list.Draw(t, "tags"),
			Keywords: list.Draw(t, "keywords"),
			Mentions: list.Draw(t, "mentions"),
			Links:    list.Draw(t, "links"),
		}
		// Whole seconds and milliseconds are written in their own scale.
		rec.TS -= rec.TS % rapid.SampledFrom([]int64{1, 1000, microsPerSecond}).Draw(t, "scale")
		for _, name := range rapid.SliceOfNDistinct(field, 0, 5, rapid.ID[string]).Draw(t, "metrics") {
			rec.Metrics = append(rec.Metrics, Metric{name, value.Draw(t, "metric")})
		}
		slices.SortFunc(rec.Metrics, func(a, b Metric) int { return cmp.Compare(a.Name, b.Name) })
		if rapid.Bool().Draw(t, "has sound") {
			s := SoundRef{field.Draw(t, "sound id"), field.Draw(t, "isrc"), field.Draw(t, "mbid"), field.Draw(t, "title"), field.Draw(t, "artist")}
			if s != (SoundRef{}) {
				rec.Sound = &s
			}
		}
		if rapid.Bool().Draw(t, "is gauge") {
			g := Gauge{List: field.Draw(t, "list"), Category: field.Draw(t, "category")}
			kind := rapid.SampledFrom(PostKinds()).Draw(t, "kind")
			shown := display(kind, strings.ToValidUTF8(trickyString().Filter(func(s string) bool {
				return len(s) < MaxFieldBytes
			}).Draw(t, "display"), ""))
			g.Term = Term{Kind: kind, Key: KeyOf(kind, rapid.SampledFrom([]string{shown, "other"}).Draw(t, "key")), Display: shown}
			if g.Term.Key == "" || shown == "" {
				g.Term.Key = KeyOf(kind, "other")
				g.Term.Display = g.Term.Key
			}
			for _, name := range rapid.SliceOfNDistinct(field, 1, 5, rapid.ID[string]).Draw(t, "values") {
				g.Values = append(g.Values, Reading{name, rapid.SampledFrom(Units()).Draw(t, "unit"), value.Draw(t, "value")})
			}
			slices.SortFunc(g.Values, func(a, b Reading) int { return cmp.Compare(a.Name, b.Name) })
			rec.Gauge = &g
		}
		if rapid.IntRange(0, 9).Draw(t, "is heartbeat") == 0 {
			names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9._-]{1,64}`), 0, MaxMissing, rapid.ID[string]).Draw(t, "missing")
			slices.Sort(names)
			return Record{TS: rec.TS, Heartbeat: &Heartbeat{Missing: names}}
		}
		return rec
	})
}

func TestRoundTrip(t *testing.T) {
	var d Decoder
	var got Record // reused on purpose
	rapid.Check(t, func(t *rapid.T) {
		rec := recordGen().Draw(t, "record")
		line := AppendRecord(nil, &rec)
		if !json.Valid(line) || strings.Count(string(line), "\n") != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("not one line of JSON: %q", line)
		}
		if err := d.Decode(line, &got); err != nil {
			t.Fatalf("Decode(%s): %v", line, err)
		}
		if diff := gocmp.Diff(rec, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("from %s (-want +got)\n%s", line, diff)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, line := range benchLines {
		f.Add([]byte(line))
	}
	for _, s := range []string{
		`{"ts":"2016-07-28T14:23:00Z","text":"\ud83d\ude00\ud83d","tags":["\u0000","a\/b"]}`,
		`{"type":"gauge","ts":1.5e9,"term":{"kind":"sound","title":"x"},"metric":"m","unit":"bucket","value":-0.0}`,
		`{"type":"gauge","ts":"1469715780123","term":{"kind":"hashtag","text":"#a#"},"values":{"b":1,"a":2},"units":{"a":"rank"}}`,
		`{"ts":1469715780,"text":"x","x":[[[[]]]],"y":{"y":{}},"metrics":{"a":1e300}}`,
		`{"TS":1,"ts":1469715780,"Text":"no","text":"yes"}`,
		`{"type":"heartbeat","ts":1469715780,"missing":["bluesky","Mastodon","bluesky",""]}`,
		`{"missing":null,"ts":1469715780,"sound":{"id":"1"},"platform":"x","type":"heartbeat"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var (
			d   Decoder
			rec Record
		)
		if err := d.Decode(line, &rec); err != nil {
			if len(err.Error()) > 600 {
				t.Fatalf("error of %d bytes", len(err.Error()))
			}
			return
		}
		agreesWithStdlib(t, line, &rec)

		again := AppendRecord(nil, &rec)
		var second Record
		if err := d.Decode(again, &second); err != nil {
			t.Fatalf("Decode(AppendRecord()) of %q: %q: %v", line, again, err)
		}
		if diff := gocmp.Diff(rec, second, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q became %q (-first +second)\n%s", line, again, diff)
		}
		new(Extractor).Terms(&rec)
	})
}

// agreesWithStdlib checks a decoded line against what encoding/json reads.
func agreesWithStdlib(t *testing.T, line []byte, rec *Record) {
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatalf("Decode accepts %q: %v", line, err)
	}
	str := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	if rec.Heartbeat != nil {
		var want []string
		list, _ := m["missing"].([]any)
		for _, v := range list {
			if s, _ := v.(string); s != "" {
				want = append(want, strings.ToLower(s))
			}
		}
		slices.Sort(want)
		if got := rec.Heartbeat.Missing; !slices.Equal(got, slices.Compact(want)) {
			t.Fatalf("missing of %q is %q, want %q", line, got, want)
		}
		m = map[string]any{} // what else the line has is no part of it
	}
	for name, got := range map[string]string{
		"id": rec.ID, "author": rec.Author, "group": rec.Group, "lang": rec.Lang, "region": rec.Region, "text": rec.Text,
	} {
		if want := str(m, name); got != want {
			t.Fatalf("%s of %q is %q, want %q", name, line, got, want)
		}
	}
	for name, got := range map[string][]string{
		"tags": rec.Tags, "keywords": rec.Keywords, "mentions": rec.Mentions, "links": rec.Links,
	} {
		var want []string
		list, _ := m[name].([]any)
		for _, v := range list {
			if s, _ := v.(string); s != "" {
				want = append(want, s)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s of %q is %q, want %q", name, line, got, want)
		}
	}
	if s := rec.Sound; s != nil {
		sound, _ := m["sound"].(map[string]any)
		want := SoundRef{str(sound, "id"), str(sound, "isrc"), str(sound, "mbid"), str(sound, "title"), str(sound, "artist")}
		if *s != want {
			t.Fatalf("sound of %q is %+v, want %+v", line, *s, want)
		}
	}
	metrics, _ := m["metrics"].(map[string]any)
	for _, got := range rec.Metrics {
		if want, _ := metrics[got.Name].(float64); got.Value != want {
			t.Fatalf("metric %q of %q is %v, want %v", got.Name, line, got.Value, want)
		}
	}
}
