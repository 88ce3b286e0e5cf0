package detect

import (
	"bytes"
	"encoding"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// lived is a world that has seen a fortnight of everything. It is not changed.
var lived = sync.OnceValue(func() *world {
	s := plan{days: 14, terms: 30, perHour: 40, trends: 4, floods: 2, regulars: 1}.build(11)
	w := newWorld(s.total, s.posts, DefaultOptions())
	w.run(s.posts)
	return w
})

func TestStateComesBackBitForBit(t *testing.T) {
	w := lived()
	back := func(name string, v interface {
		encoding.BinaryAppender
		encoding.BinaryUnmarshaler
	}) {
		t.Helper()
		state, err := v.AppendBinary([]byte("prefix"))
		if err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(v).Elem()).Interface().(encoding.BinaryUnmarshaler)
		if err := got.UnmarshalBinary(state[len("prefix"):]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, v) {
			t.Errorf("%s is not the same after a round trip", name)
		}
	}
	back("rhythm", &w.rhythm)
	for i := range w.base {
		back("baseline", &w.base[i])
	}
	state, _ := w.base[0].AppendBinary(nil)
	if len(state) != BaselineBytes {
		t.Errorf("a baseline takes %d bytes; BaselineBytes is %d", len(state), BaselineBytes)
	}
	judge, _ := w.judge.AppendBinary(nil)
	j, err := DecodeJudge(judge, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := j.AppendBinary(nil); !bytes.Equal(again, judge) || !reflect.DeepEqual(j.episodes, w.judge.episodes) ||
		!reflect.DeepEqual(j.watched, w.judge.watched) || !reflect.DeepEqual(j.nulls, w.judge.nulls) || !reflect.DeepEqual(j.lives, w.judge.lives) {
		t.Error("the judge is not the same after a round trip")
	}
}

func TestRhythmComesBackAmidSilence(t *testing.T) {
	const end = planStart + 4*week + 16 // of a small platform, at night
	c := newTraffic(3, scaled(0.05), 0.1, 0.1)
	var straight, torn Rhythm
	for p := int64(planStart) * PanesPerHour; p < (end+60)*PanesPerHour; p++ {
		v := c.pane(p)
		if p >= end*PanesPerHour && p < (end+24)*PanesPerHour {
			v = Volume{}
		}
		straight.Close(p, v, false)
		torn.Close(p, v, false)
		if p < (end-1)*PanesPerHour {
			continue
		}
		state, _ := torn.AppendBinary(nil)
		torn = Rhythm{}
		if err := torn.UnmarshalBinary(state); err != nil {
			t.Fatal(err)
		}
		if torn != straight {
			t.Fatalf("%d panes into the silence the rhythm is not the same after a round trip", p-end*PanesPerHour+1)
		}
	}
	if straight.silence.lost == 0 {
		t.Error("the silence was not taken as an outage")
	}
}

func TestRhythmRefusesImpossibleState(t *testing.T) {
	for name, spoil := range map[string]func(*Rhythm){
		"learned ahead of time":      func(r *Rhythm) { r.learned = HourOf(r.last) + 1 },
		"an unlearned week":          func(r *Rhythm) { r.learned = HourOf(r.last) - week },
		"silence from the future":    func(r *Rhythm) { r.silence.since, r.silence.panes = r.last+1, 1 },
		"silence longer than itself": func(r *Rhythm) { r.silence.since, r.silence.panes = r.last-3, 5 },
		"negative silence":           func(r *Rhythm) { r.silence.panes = -1 },
		"more silence than panes":    func(r *Rhythm) { r.recent[3].silent = r.recent[3].panes + 1 },
		"negative expectation":       func(r *Rhythm) { r.silence.await = -1 },
		"negative shortfall":         func(r *Rhythm) { r.recent[3].short = -1 },
		"negative weight":            func(r *Rhythm) { r.scatter[1].weight = -1 },
	} {
		r := lived().rhythm
		spoil(&r)
		state, _ := r.AppendBinary(nil)
		if err := new(Rhythm).UnmarshalBinary(state); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// restarted returns a world whose detector state went through bytes. The counts
// themselves are the counting core's to keep.
func (w *world) restarted(t interface{ Fatal(...any) }) *world {
	n := *w
	n.changes, n.base = nil, make([]Baseline, len(w.base))
	state, _ := w.rhythm.AppendBinary(nil)
	n.rhythm = Rhythm{}
	if err := n.rhythm.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	for i := range n.base {
		state, _ = w.base[i].AppendBinary(state[:0])
		if err := n.base[i].UnmarshalBinary(state); err != nil {
			t.Fatal(err)
		}
	}
	state, _ = w.judge.AppendBinary(nil)
	var err error
	if n.judge, err = DecodeJudge(state, w.opt); err != nil {
		t.Fatal(err)
	}
	return &n
}

func TestRestartChangesNothing(t *testing.T) {
	s := plan{days: 14, terms: 30, perHour: 40, trends: 6, floods: 2, regulars: 1}.build(12)
	straight := newWorld(s.total, s.posts, DefaultOptions())
	straight.run(s.posts)
	w := newWorld(s.total, s.posts, DefaultOptions())
	var changes []Change
	for rest := s.posts; len(rest) > 0; {
		n := 0 // three days and a bit at a time, to whole panes
		stop := floorDiv(rest[0].at, PaneSeconds) + 500
		for n < len(rest) && floorDiv(rest[n].at, PaneSeconds) < stop {
			n++
		}
		w.run(rest[:n])
		rest = rest[n:]
		changes = append(changes, w.changes...)
		w = w.restarted(t)
	}
	if len(changes) == 0 || !reflect.DeepEqual(changes, straight.changes) {
		t.Errorf("%d changes with restarts, %d without, or different ones", len(changes), len(straight.changes))
	}
	a, _ := w.judge.AppendBinary(nil)
	if b, _ := straight.judge.AppendBinary(nil); string(a) != string(b) {
		t.Error("the judge ends differently")
	}
}

func TestDecodersRefuseDamage(t *testing.T) {
	w := lived()
	refuse := func(name string, state []byte, decode func([]byte) error) {
		t.Helper()
		for n := range min(len(state), 3000) {
			if err := decode(state[:n]); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s cut to %d bytes: %v", name, n, err)
			}
		}
		if err := decode(append(state[:len(state):len(state)], 0)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s with a byte too many: %v", name, err)
		}
		newer := append([]byte{state[0] + 1}, state[1:]...)
		if err := decode(newer); !errors.Is(err, ErrVersion) {
			t.Errorf("%s of the next version: %v", name, err)
		}
	}
	rhythm, _ := w.rhythm.AppendBinary(nil)
	refuse("rhythm", rhythm, new(Rhythm).UnmarshalBinary)
	base, _ := w.base[0].AppendBinary(nil)
	refuse("baseline", base, new(Baseline).UnmarshalBinary)
	judge, _ := judged().AppendBinary(nil)
	refuse("judge", judge, func(b []byte) error { _, err := DecodeJudge(b, DefaultOptions()); return err })
}

func FuzzRhythm(f *testing.F) {
	state, _ := lived().rhythm.AppendBinary(nil)
	f.Add(state)
	f.Add(state[:100])
	opt := DefaultOptions()
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Rhythm
		if r.UnmarshalBinary(b) != nil {
			return
		}
		again, _ := r.AppendBinary(nil)
		if string(again) != string(b) {
			t.Fatal("decoded state encodes differently")
		}
		r.Close(r.last+5, Volume{Posts: 9, Fresh: 12}, false)
		r.Frame(&opt)
	})
}

func FuzzBaseline(f *testing.F) {
	w := lived()
	for i := range w.base[:5] {
		state, _ := w.base[i].AppendBinary(nil)
		f.Add(state)
	}
	frame, opt := flat(), DefaultOptions()
	series := counts(frame, [2]uint32{9, 7}, [2]uint32{20, 11})
	f.Fuzz(func(t *testing.T, data []byte) {
		var b Baseline
		if b.UnmarshalBinary(data) != nil {
			return
		}
		again, _ := b.AppendBinary(nil)
		if string(again) != string(data) {
			t.Fatal("decoded state encodes differently")
		}
		b.Learn(frame, frame.Hour-Guard, 5, 5)
		Evaluate(series, &b, frame, &opt)
	})
}

// judged is a judge in the midst of everything: open and held trends, watched
// terms, two platforms with days pooled and waiting. It is not changed.
var judged = sync.OnceValue(func() *Judge {
	j, err := NewJudge(DefaultOptions())
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(6, 6))
	for i := range int64(200) {
		pane := firstPane + 7*i
		j.Tick(pane, someCandidates(rng, pane))
		if day := DayOf(pane); day != DayOf(pane+7) {
			for p := range uint16(2) {
				var tails Tails
				for range 50 {
					m := someMarks(rng)
					tails.Add(uint8(rng.IntN(Tiers)), &m)
				}
				j.AddDay(p, day, &tails)
			}
			j.AddLists(day, []ListDay{{List: 3, Platform: 1, Scores: []float64{2, 5, 5}}, {List: 9, Scores: []float64{1}}})
		}
	}
	return j
})

func TestJudgeRefusesImpossibleState(t *testing.T) {
	if j := judged(); len(j.episodes) < 2 || len(j.watched) < 2 || len(j.nulls) != 2 || len(j.nulls[0].waiting) == 0 || len(j.lives) < 2 {
		t.Fatal("the judge has too little to spoil")
	}
	for name, spoil := range map[string]func(*Judge){
		"a pane beyond time":      func(j *Judge) { j.pane = 1 << 60 },
		"trends out of order":     func(j *Judge) { j.episodes[0].trend.ID = j.episodes[1].trend.ID },
		"no phase":                func(j *Judge) { j.episodes[0].trend.Phase = 0 },
		"a phase beyond the last": func(j *Judge) { j.episodes[0].trend.Phase = Unconfirmed + 1 },
		"a tier beyond the last":  func(j *Judge) { j.episodes[0].trend.Tier = Tiers },
		"a mark without a bin":    func(j *Judge) { j.episodes[0].trend.Best.Marks[3] = tailBins },
		"a score of nothing":      func(j *Judge) { j.episodes[0].trend.Base = math.NaN() },
		"watched out of order":    func(j *Judge) { j.watched[1].id = j.watched[0].id },
		"watched beyond time":     func(j *Judge) { j.watched[1].last = -1 << 60 },
		"watched in no tier":      func(j *Judge) { j.watched[1].best[2].tier = Tiers },
		"watched without a bin":   func(j *Judge) { j.watched[1].best[0].marks[scoreMark] = 255 },
		"platforms out of order":  func(j *Judge) { j.nulls[1].platform = 0 },
		"fewer than no days":      func(j *Judge) { j.nulls[0].days = -1 },
		"more days than there be": func(j *Judge) { j.nulls[0].days = 1e300 },
		"fewer than no trends":    func(j *Judge) { j.nulls[0].trends[2] = -1 },
		"fewer than no terms":     func(j *Judge) { j.nulls[1].pooled[1][1].bins[1] = -1 },
		"a day that waits twice": func(j *Judge) {
			j.nulls[0].waiting = append(j.nulls[0].waiting, j.nulls[0].waiting[0])
		},
		"lists out of order":     func(j *Judge) { j.lists[1].list = 1 },
		"no days of a list":      func(j *Judge) { j.lists[0].days = -1 },
		"no terms of a list":     func(j *Judge) { j.lists[0].pooled.bins[4] = -1 },
		"a limit below nothing":  func(j *Judge) { j.lists[0].limit = -1 },
		"lifetimes out of order": func(j *Judge) { j.lives[1] = j.lives[0] },
		"fewer than no lives":    func(j *Judge) { j.lives[0].fades[0] = -1 },
	} {
		j := *judged()
		j.episodes, j.watched, j.nulls, j.lives = slices.Clone(j.episodes), slices.Clone(j.watched), slices.Clone(j.nulls), slices.Clone(j.lives)
		j.lists = slices.Clone(j.lists)
		spoil(&j)
		state, _ := j.AppendBinary(nil)
		if _, err := DecodeJudge(state, DefaultOptions()); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	state, _ := judged().AppendBinary(nil)
	for _, version := range []byte{0, 1, judgeVersion + 1} {
		state[0] = version
		if _, err := DecodeJudge(state, DefaultOptions()); !errors.Is(err, ErrVersion) {
			t.Errorf("version %d: %v", version, err)
		}
	}
}

// The least lengths that counts of elements are checked against are the lengths
// that are written: else a state could be refused, or ask for memory that it does
// not fill.
func TestElementsTakeTheirBytes(t *testing.T) {
	for name, c := range map[string]struct {
		write func(*scribe)
		want  int
	}{
		"an episode":      {new(episode).append, episodeBytes},
		"a watched term":  {new(watched).append, watchedBytes},
		"evidence":        {new(Evidence).append, evidenceBytes},
		"an empty null":   {new(null).append, nullBytes},
		"a list's null":   {new(listNull).append, listNullBytes},
		"a null that has": {(&null{waiting: []waiting{{tails: new(Tails)}}}).append, nullBytes + waitingBytes},
	} {
		var s scribe
		c.write(&s)
		if len(s.b) != c.want {
			t.Errorf("%s takes %d bytes; %d are reckoned with", name, len(s.b), c.want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	j := *judged()
	full, _ := j.AppendBinary(nil)
	f.Add(full)
	j.nulls = nil // 190 KiB a platform slow the search down
	state, _ := j.AppendBinary(nil)
	f.Add(state)
	empty, _ := newJudge(f).AppendBinary(nil)
	f.Add(empty)
	f.Fuzz(func(t *testing.T, b []byte) {
		j, err := DecodeJudge(b, DefaultOptions())
		if err != nil {
			return
		}
		again, _ := j.AppendBinary(nil)
		if string(again) != string(b) {
			t.Fatal("decoded state encodes differently")
		}
		for _, n := range j.nulls {
			for _, of := range n.limits.z {
				for _, z := range of {
					if !(z >= 0) || math.IsInf(z, 0) {
						t.Fatalf("a limit is %v", z)
					}
				}
			}
		}
		pane := j.pane + 1
		j.Tick(pane, []Candidate{{ID: 1, Group: 1, Evidence: strong(pane)}})
		j.Trends(nil)
		j.AddDay(0, DayOf(pane), new(Tails))
		j.AddDay(0, DayOf(pane)+1, new(Tails))
	})
}
