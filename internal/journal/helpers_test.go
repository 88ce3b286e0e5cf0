package journal

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sameBatch compares batches; lists that are empty and lists that are not there are the same.
func sameBatch(t testing.TB, got, want *Batch) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b)
	})); diff != "" {
		t.Fatalf("the batch is another one (-want +got):\n%s", diff)
	}
}

// drawRecord makes up a record with any of the fields set.
func drawRecord(t *rapid.T) term.Record {
	text := rapid.StringN(0, 12, 40)
	list := rapid.SliceOfN(text, 0, 3)
	rec := term.Record{
		TS: rapid.Int64().Draw(t, "ts"), Platform: rapid.SampledFrom([]string{"", "x", "tiktok"}).Draw(t, "platform"),
		ID: text.Draw(t, "id"), Author: text.Draw(t, "author"), AuthorHash: rapid.Uint64().Draw(t, "author hash"), Group: text.Draw(t, "group"),
		Lang: text.Draw(t, "lang"), Region: text.Draw(t, "region"), Text: text.Draw(t, "text"), Repost: rapid.Bool().Draw(t, "repost"),
		Tags: list.Draw(t, "tags"), Keywords: list.Draw(t, "keywords"), Mentions: list.Draw(t, "mentions"), Links: list.Draw(t, "links"),
	}
	rec.Watches = list.Draw(t, "watches")
	if rapid.Bool().Draw(t, "sound") {
		rec.Sound = &term.SoundRef{ID: text.Draw(t, "sound id"), ISRC: text.Draw(t, "isrc"), MBID: text.Draw(t, "mbid"),
			Title: text.Draw(t, "title"), Artist: text.Draw(t, "artist")}
	}
	for range rapid.IntRange(0, 3).Draw(t, "metrics") {
		rec.Metrics = append(rec.Metrics, term.Metric{Name: text.Draw(t, "metric"), Value: drawFloat(t)})
	}
	if rapid.Bool().Draw(t, "gauge") {
		rec.Gauge = &term.Gauge{List: text.Draw(t, "list"), Category: text.Draw(t, "category"), Term: term.Term{
			Kind: term.Kind(rapid.Uint8().Draw(t, "kind")), Key: text.Draw(t, "key"), Display: text.Draw(t, "display")}}
		for range rapid.IntRange(0, 3).Draw(t, "readings") {
			rec.Gauge.Values = append(rec.Gauge.Values, term.Reading{Name: text.Draw(t, "reading"),
				Unit: term.Unit(rapid.Uint8().Draw(t, "unit")), Value: drawFloat(t)})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "heartbeat") == 0 {
		rec.Heartbeat = &term.Heartbeat{Missing: list.Draw(t, "missing")}
	}
	return rec
}

// drawFloat draws any bits at all: NaNs of every kind come back as they were.
func drawFloat(t *rapid.T) float64 { return math.Float64frombits(rapid.Uint64().Draw(t, "bits")) }

func drawBatch(t *rapid.T) *Batch {
	b := &Batch{Records: rapid.SliceOfN(rapid.Custom(drawRecord), 0, 6).Draw(t, "records")}
	if rapid.Bool().Draw(t, "numbered") {
		b.Producer = rapid.StringN(1, 8, 40).Draw(t, "producer")
		b.Epoch = rapid.Uint64().Draw(t, "epoch")
		b.Seq = rapid.Uint64Range(1, math.MaxUint64).Draw(t, "seq")
	}
	if b.Producer == "" && rapid.Bool().Draw(t, "named") {
		b.Once = drawOnce(t)
	}
	if rapid.Bool().Draw(t, "sourced") {
		b.Source = rapid.StringN(1, 8, 40).Draw(t, "source")
		b.Cursor = rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "cursor")
	}
	return b
}

func drawOnce(t *rapid.T) (o Once) {
	o.Key[0], o.Key[15] = rapid.ByteRange(1, 255).Draw(t, "key"), rapid.Byte().Draw(t, "rest of the key")
	o.Body[7] = rapid.Byte().Draw(t, "body")
	o.Clock = rapid.Int64().Draw(t, "clock")
	return o
}

// posts makes up n records as they come from platforms, the same ones for the same seed.
func posts(seed, n int) []term.Record {
	recs := make([]term.Record, n)
	for i := range recs {
		k := seed*n + i
		recs[i] = term.Record{
			TS: 1_750_000_000_000_000 + int64(k)*13_000, Platform: "tiktok",
			ID: fmt.Sprint(7_400_000_000_000 + k*7919%1_000_003), Author: fmt.Sprintf("user%06d", k*31337%200_000), Lang: "en",
			Tags: []string{"fyp", fmt.Sprintf("trend%d", k%97), fmt.Sprintf("topic%d", k%1009)},
		}
		if i%3 == 0 {
			recs[i].Sound = &term.SoundRef{ID: fmt.Sprint(6_000_000 + k%501)}
		}
		if i%50 == 0 {
			recs[i].Metrics = []term.Metric{{Name: "likes", Value: float64(k)}}
		}
	}
	return recs
}

// clone returns a batch of its own memory.
func clone(b *Batch) *Batch {
	c := *b
	c.Cursor = slices.Clone(b.Cursor)
	c.Records = slices.Clone(b.Records)
	for i := range c.Records {
		r := &c.Records[i]
		r.Tags, r.Keywords, r.Mentions, r.Links = slices.Clone(r.Tags), slices.Clone(r.Keywords), slices.Clone(r.Mentions), slices.Clone(r.Links)
		r.Watches = slices.Clone(r.Watches)
		r.Metrics = slices.Clone(r.Metrics)
		if r.Sound != nil {
			s := *r.Sound
			r.Sound = &s
		}
		if r.Gauge != nil {
			g := *r.Gauge
			g.Values = slices.Clone(g.Values)
			r.Gauge = &g
		}
		if r.Heartbeat != nil {
			r.Heartbeat = &term.Heartbeat{Missing: slices.Clone(r.Heartbeat.Missing)}
		}
		r.Own()
	}
	return &c
}

// wait fails the test where done is not closed within a time that no machine needs.
func wait[T any](t testing.TB, done <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-done:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("waited in vain: %s", what)
		panic("not reached")
	}
}
