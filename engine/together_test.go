package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/pairs"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// sociable is some days of posts with several tags, some of them late or twice, and
// reposts.
func sociable(seed uint64, hours int) []term.Record {
	const start = 1_780_000_200
	rng := rand.New(rand.NewPCG(seed, 8))
	var out []term.Record
	for at := int64(0); at < int64(hours)*3600; at += 30 {
		rec := post(start+at-rng.Int64N(900), fmt.Sprint(at-30*rng.Int64N(2)), fmt.Sprint("a", rng.IntN(200)), fmt.Sprint("t", rng.IntN(5)))
		rec.Platform = fmt.Sprint("p", rng.IntN(2))
		rec.Repost = rng.IntN(4) == 0
		for range rng.IntN(5) {
			rec.Tags = append(rec.Tags, fmt.Sprint("t", int(80*rng.Float64()*rng.Float64())))
		}
		if rng.IntN(200) == 0 { // more than are paired
			for n := range 30 {
				rec.Tags = append(rec.Tags, fmt.Sprint("more", n))
			}
		}
		out = append(out, rec)
	}
	return out
}

// posted is what terms came together in the posts that were counted.
type posted struct {
	pane     int64
	platform string
	tags     []string
}

// observe feeds records and notes what was counted.
func observe(e *Engine, recs []term.Record, all []posted) []posted {
	for i := range recs {
		rec := &recs[i]
		if e.Observe(rec) == Counted && rec.Gauge == nil && rec.Heartbeat == nil {
			var tags []string
			for _, tag := range rec.Tags {
				if !slices.Contains(tags, tag) {
					tags = append(tags, tag)
				}
			}
			all = append(all, posted{rec.TS / 600e6, rec.Platform, tags})
		}
	}
	return all
}

// exactly is the answer about a term, from the posts.
func exactly(all []posted, from, asOf int64, platform, tag string) Together {
	t := Together{Platform: platform, From: from, AsOf: asOf}
	posts, both := map[string]uint64{}, map[string]uint64{}
	for _, p := range all {
		if start := detect.PaneStart(p.pane); p.platform != platform || start < from || start >= asOf {
			continue
		}
		if len(p.tags) > 0 {
			t.All++
		}
		paired := p.tags[:min(len(p.tags), jointTerms)]
		for _, other := range p.tags {
			posts[other]++
			if slices.Contains(paired, tag) && slices.Contains(paired, other) && other != tag {
				both[other]++
			}
		}
	}
	t.Posts = posts[tag]
	for other, n := range both {
		id := term.ScopeOf(term.Hashtag, platform).ID(other)
		t.Companions = append(t.Companions, Companion{id, term.Term{Kind: term.Hashtag, Key: other, Display: other}, n, 0, posts[other]})
	}
	slices.SortFunc(t.Companions, func(a, b Companion) int { return cmp.Or(cmp.Compare(b.Both, a.Both), cmp.Compare(a.ID, b.ID)) })
	return t
}

// ample gives the pairs so much room that hardly one is without.
func ample(shards int) Options {
	o := options(shards)
	o.Window.Memory = 160 << 20
	return o
}

func checkTogether(t *testing.T, e *Engine, all []posted) {
	t.Helper()
	checked, exact := 0, 0
	for _, platform := range []string{"p0", "p1"} {
		for n := range 80 {
			tag := fmt.Sprint("t", n)
			found, err := e.Together(context.Background(), term.Hashtag, tag, platform)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 {
				continue
			}
			got := found[0]
			hour := detect.HourOf(got.AsOf/detect.PaneSeconds - 1)
			if want := e.View().AsOf; got.AsOf != want {
				t.Fatalf("as of %d, want %d", got.AsOf, want)
			}
			if got.From%(pairs.Period*3600) != 0 || hour-got.From/3600 >= window.Hours || hour-got.From/3600 < window.Hours-pairs.Period {
				t.Fatalf("from %d up to hour %d", got.From, hour)
			}
			want := exactly(all, got.From, got.AsOf, platform, tag)
			if got.Posts != want.Posts || got.All != want.All {
				t.Fatalf("%s on %s: %d of %d posts, want %d of %d", tag, platform, got.Posts, got.All, want.Posts, want.All)
			}
			missing := 0
			for _, w := range want.Companions {
				at := slices.IndexFunc(got.Companions, func(c Companion) bool { return c.ID == w.ID })
				if at < 0 {
					if missing++; w.Both > 8 {
						t.Fatalf("%s on %s: companion %+v is not among %d", tag, platform, w, len(got.Companions))
					}
					continue
				}
				g := got.Companions[at]
				if g.Both > w.Both || g.Both+g.Over < w.Both || g.Posts != w.Posts || g.Term != w.Term {
					t.Fatalf("%s on %s: companion %+v, want %+v", tag, platform, g, w)
				}
				if g.Over == 0 {
					exact++
				}
			}
			if len(got.Companions)+missing != len(want.Companions) {
				t.Fatalf("%s on %s: %d companions, want %d, of which %d were found missing", tag, platform, len(got.Companions), len(want.Companions), missing)
			}
			checked += len(got.Companions)
		}
	}
	if checked < 1000 || exact < checked*3/4 {
		t.Errorf("%d companions were checked, %d of them exact: the test shows little", checked, exact)
	}
}

// All that is told is of one time, and within its bounds; what a term comes with often is
// told of every term.
func TestTogetherLiesWithinItsBounds(t *testing.T) {
	recs := sociable(1, 100)
	e, err := New(ample(4))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	var all []posted
	for _, part := range [][]term.Record{recs[:len(recs)/3], recs[len(recs)/3 : len(recs)*2/3], recs[len(recs)*2/3:]} {
		all = observe(e, part, all)
		c.until(e.Marks())
		checkTogether(t, e, all)
	}
	if n := e.Counters(); n.Late == 0 || n.Duplicates == 0 || n.Unpaired != 0 {
		t.Errorf("%+v: the test shows little", n)
	}
}

// An engine that is restored within an open pane knows of its posts which terms came
// together.
func TestTogetherSurvivesACut(t *testing.T) {
	recs := sociable(2, 90)
	e, err := New(ample(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	var all []posted
	at := 0
	for _, next := range []int{len(recs) / 3, len(recs) * 2 / 3, len(recs)} {
		all = observe(e, recs[at:next], all)
		at = next
		e.Align()
		if err := e.Cut(nil); err != nil {
			t.Fatal(err)
		}
		stored := c.lastKept(t, e)
		if e, err = Restore(ample(2), stored); err != nil {
			t.Fatal(err)
		}
		c = collect(t, e)
		checkTogether(t, e, all)
	}
	e.Flush()
	c.until(e.Marks())
	checkTogether(t, e, all)
}

// Posts that there is no room for are told as what may be missing.
func TestTogetherTellsWhatItMissed(t *testing.T) {
	o := options(1)
	o.Window.Memory = window.MinMemory
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start, posts, room = 1_780_000_200, 7000, leastJoint / 3
	for n := range posts {
		rec := post(start, fmt.Sprint(n), fmt.Sprint("a", n), "one")
		rec.Tags = append(rec.Tags, "two")
		e.Observe(&rec)
	}
	e.Flush()
	v := c.until(e.Marks())[e.Marks()-1].View
	if want := uint64(posts - room); v.Counters.Unpaired != want {
		t.Errorf("%d posts were not paired, want %d", v.Counters.Unpaired, want)
	}
	found, err := e.Together(context.Background(), term.Hashtag, "one", "")
	if err != nil || len(found) != 1 || len(found[0].Companions) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	if got := found[0].Companions[0]; got.Both != room || got.Both+got.Over != posts || got.Posts != posts || found[0].All != posts {
		t.Errorf("found %+v", found)
	}
}

// What was paired before a snapshot of a format before is not known: answers begin with
// the first whole hour behind it.
func TestTogetherBehindAnOldSnapshot(t *testing.T) {
	at, parts := oldSnapshot(t, 6)
	o := options(1)
	o.Window.Memory = 6 << 20
	e, err := Restore(o, parts)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	recs := withBeats(withCharts(smallWorld(t, 21, 4)))
	first := detect.HourOf(e.View().Newest/600e6) + 1
	asked := func(rec *term.Record) []Together {
		found, err := e.Together(context.Background(), term.Hashtag, term.KeyOf(term.Hashtag, rec.Tags[0]), rec.Platform)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	known := 0
	for i := at; i < len(recs); i++ {
		rec := &recs[i]
		e.Observe(rec)
		if len(rec.Tags) == 0 || i%20 != 0 {
			continue
		}
		c.until(e.Marks())
		for _, tick := range c.until(e.Marks()) {
			if len(tick.Activity) > 0 && tick.Hour < first {
				t.Fatalf("hour %d, which was not whole, has activity", tick.Hour)
			}
		}
		for _, got := range asked(rec) {
			if want := first * 3600; got.From < want || got.From >= got.AsOf {
				t.Fatalf("from %d up to %d; counted from %d on", got.From, got.AsOf, want)
			}
			known++
		}
	}
	if known < 10 {
		t.Errorf("%d answers: the test shows little", known)
	}
	// A state that came from there keeps to the core that it has.
	if err := e.Cut(nil); err != nil {
		t.Fatal(err)
	}
	if again, err := Restore(o, c.lastKept(t, e)); err != nil {
		t.Error(err)
	} else {
		again.Close()
	}
}

func TestTogetherOfNothing(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	rec := post(1_780_000_200, "1", "a", "one")
	e.Observe(&rec)
	ask := func() ([]Together, error) { return e.Together(context.Background(), term.Hashtag, "one", "") }
	if found, err := ask(); err != nil || len(found) > 0 {
		t.Errorf("before a pane is closed: %+v, %v", found, err)
	}
	e.Flush()
	c.until(e.Marks())
	if found, err := ask(); err != nil || len(found) != 1 || len(found[0].Companions) > 0 || found[0].Posts != 1 || found[0].All != 1 {
		t.Errorf("a term that is alone: %+v, %v", found, err)
	}
	if found, err := e.Together(context.Background(), term.Hashtag, "two", "x"); err != nil || len(found) > 0 {
		t.Errorf("a term that nobody used: %+v, %v", found, err)
	}
	e.Close()
	if _, err := ask(); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want %v", err, ErrClosed)
	}
}

// What is gathered of open panes comes back, and damaged bytes are refused or do no harm.
func FuzzJoint(f *testing.F) {
	j := newJoint(window.MinMemory)
	for n, terms := range []int{2, 5, 40, 1, 16} {
		for i := range j.room(int64(n), terms) {
			j.words[len(j.words)-1-i] = uint64(i) * 0x9E3779B97F4A7C15
		}
	}
	f.Add(j.parts(nil)[0].Data)
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		j := newJoint(window.MinMemory)
		if j.restore(data) != nil {
			return
		}
		var again []byte
		for _, p := range j.parts(nil) {
			again = append(again, p.Data...)
		}
		if len(again) > 0 && string(again) != string(data) {
			t.Fatal("changed when written again")
		}
		words, left := len(j.words), j.left
		early, n := j.take(1 << 20)
		late, none := j.take(1 << 60)
		if len(early)+len(late) != words || n != left || none != 0 || len(j.words) != 0 {
			t.Fatalf("%d words and %d words of %d, %d and %d posts of %d", len(early), len(late), words, n, none, left)
		}
	})
}
