package detect

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// thinned drops all but one in keep of the posts of the outages: a source that delivers a
// part of what there is.
func thinned(posts []post, outages []int64, keep int) []post {
	rng := rand.New(rand.NewPCG(4, 4))
	return slices.DeleteFunc(slices.Clone(posts), func(p post) bool {
		return during(outages, floorDiv(p.at, PaneSeconds)) && rng.IntN(keep) > 0
	})
}

func during(outages []int64, pane int64) bool {
	return slices.ContainsFunc(outages, func(from int64) bool { return pane >= from && pane < from+outagePanes })
}

// Six hours in which one post in eight comes are no silence, so nobody infers an
// outage: trends seem to fade, and people seem to come back. Where somebody tells of
// it, nothing is raised and nothing ends that would not have without.
func TestToldOutageRaisesAndEndsNothing(t *testing.T) {
	s := plan{days: 28, terms: 100, perHour: 150, trends: 20}.build(20)
	opt := DefaultOptions()
	opt.MinScore -= 0.25
	opt.KnownScore -= 0.25
	near := newWorld(s.total, s.posts, opt)
	near.run(s.posts)

	outages := outagesAtPeaks(s)
	posts := thinned(s.posts, outages, 8)
	after := func(told bool) (a aftermath) {
		w := newWorld(s.total, posts, DefaultOptions())
		if told {
			w.told = func(pane int64) bool { return during(outages, pane) }
		}
		a.watch(w, outages)
		w.run(posts)
		for _, from := range outages {
			a.compare(w, near, from, s.terms)
		}
		return a
	}
	untold, told := after(false), after(true)
	t.Logf("%d outages; not told: %+v; told: %+v", len(outages), untold, told)
	if told.open < 6 || untold.ended == 0 || untold.raised == 0 {
		t.Errorf("%d trends were alive; not told, %d ended and %d terms were raised: the test compares nothing", told.open, untold.ended, untold.raised)
	}
	if told.raised > 0 || told.ended > 0 {
		t.Errorf("%d terms were raised and %d trends ended by outages that were told", told.raised, told.ended)
	}
	if 6*told.sighted > told.ticks {
		t.Errorf("%d of %d phases were told from an hour without a source", told.sighted, told.ticks)
	}
}

// What came in panes that were told to be missing changes nothing of what is known
// afterwards.
func TestPostsOfMissingPanesTeachNothing(t *testing.T) {
	opt := DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		start := (planStart+week)*PanesPerHour + rapid.Int64Range(0, week*PanesPerHour).Draw(t, "start")
		length := rapid.Int64Range(1, 30*PanesPerHour).Draw(t, "length")
		missing := func(p int64) bool { return p >= start && p < start+length }
		var whole, part Rhythm
		var posts, seen Baseline
		c := newTraffic(seed, weekShape, 0.1, 0.1)
		for p := int64(planStart) * PanesPerHour; p < (planStart+3*week)*PanesPerHour; p++ {
			v := c.pane(p)
			whole.Close(p, Volume{Posts: v.Posts, Fresh: v.Fresh}, missing(p))
			if missing(p) {
				v = Volume{}
			}
			part.Close(p, v, missing(p))
			if hour := HourOf(p); HourOf(p+1) != hour {
				n := uint32(hour % 5)
				posts.Learn(whole.Frame(&opt), hour-Guard, n, 2*n)
				if whole.Frame(&opt).Covered(hour-Guard) > 0 {
					seen.Learn(part.Frame(&opt), hour-Guard, n, 2*n)
				}
			}
		}
		if posts != seen {
			t.Error("a term learned from hours of which not all was seen")
		}
		for i := range whole.recent {
			whole.recent[i].leaky = 0
		}
		if whole != part {
			t.Error("the platform's rhythm learned from panes of which not all was seen")
		}
	})
}

// A rhythm of the version before is read as one that nobody told of anything.
func TestRhythmOfTheVersionBefore(t *testing.T) {
	var r Rhythm
	newTraffic(3, weekShape, 0.1, 0.1).play(&r, planStart, planStart+60, nil)
	now, _ := r.AppendBinary(nil)
	was := slices.Clone(now)
	was[0] = 2
	told := 1 + 1 + 4*8 // behind version, flag, three times and the missing panes
	was = slices.Delete(was, told, told+8)
	for i := Span - 1; i >= 0; i-- {
		end := len(was) - (Span-1-i)*(5*8+2)
		was = slices.Delete(was, end-1, end)
	}
	var again Rhythm
	if err := again.UnmarshalBinary(was); err != nil || again != r {
		t.Errorf("error %v, the same: %v", err, again == r)
	}
}
