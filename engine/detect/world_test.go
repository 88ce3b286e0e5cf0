package detect

import (
	"slices"
)

// The exact model that the tests drive the detector with: every post counted,
// every author remembered, no sketch. It plays the engine's part.

// post is one observation of a term.
type post struct {
	at     int64 // Unix second
	term   uint32
	author uint32
	thin   bool
}

// ring is a term's exact counts.
type ring struct {
	panePosts, paneFresh [60]uint32
	hourPosts, hourFresh [72]uint32
	hourThin             [72]uint32
	pane                 int64
	firstSeen            int64
	seen                 map[uint32]int64 // author: last post
}

func (r *ring) advance(pane int64) {
	if n := pane - r.pane; n > 0 {
		shift(r.panePosts[:], n)
		shift(r.paneFresh[:], n)
	}
	if n := HourOf(pane) - HourOf(r.pane); n > 0 {
		shift(r.hourPosts[:], n)
		shift(r.hourFresh[:], n)
		shift(r.hourThin[:], n)
	}
	r.pane = max(r.pane, pane)
}

func shift(c []uint32, n int64) {
	n = min(n, int64(len(c)))
	copy(c, c[n:])
	clear(c[int64(len(c))-n:])
}

func (r *ring) add(p post) (fresh bool) {
	r.advance(floorDiv(p.at, PaneSeconds))
	last, known := r.seen[p.author]
	r.seen[p.author] = p.at
	fresh = !known || p.at-last >= 24*3600
	r.panePosts[59]++
	r.hourPosts[71]++
	if p.thin {
		r.hourThin[71]++
	}
	if fresh {
		r.paneFresh[59] += 2
		r.hourFresh[71] += 2
	}
	return fresh
}

// hour returns the counts of one of the last 72 hours.
func (r *ring) hour(h int64) (posts, fresh uint32) {
	if i := 71 - (HourOf(r.pane) - h); i >= 0 && i < 72 {
		return r.hourPosts[i], r.hourFresh[i]
	}
	return 0, 0
}

func (r *ring) series() Series {
	return Series{
		PanePosts: r.panePosts[:], PaneFresh: r.paneFresh[:],
		HourPosts: r.hourPosts[:], HourFresh: r.hourFresh[:], Open: true, FirstSeen: r.firstSeen,
		Thin: r.hourThin[70] + r.hourThin[71],
	}
}

// world is one platform with all its state.
type world struct {
	opt     Options
	rhythm  Rhythm
	judge   *Judge
	rings   []ring
	base    []Baseline
	marks   []Marks // of the running day, by term
	groups  []uint64
	tiers   []uint8
	tracked []uint32
	down    func(pane int64) bool // nothing comes, and that is told
	told    func(pane int64) bool // it is told that not all came
	changes []Change
	learned int64 // last hour learned
	day     int64
	next    int64 // pane
	onTick  func(f *Frame, touched []uint32)
}

func newWorld(terms int, posts []post, opt Options) *world {
	j, err := NewJudge(opt)
	if err != nil {
		panic(err)
	}
	w := &world{opt: opt, judge: j, rings: make([]ring, terms), base: make([]Baseline, terms), marks: make([]Marks, terms), tiers: make([]uint8, terms), groups: make([]uint64, terms)}
	w.choose(posts)
	return w
}

// choose leaves terms with fewer posts than any alarm needs out of the hourly
// learning: they count towards the platform's volume and the null, but their own
// baseline cannot matter.
func (w *world) choose(posts []post) {
	n := make([]int, len(w.rings))
	for _, p := range posts {
		n[p.term]++
	}
	for t := range n {
		if float64(n[t]) >= w.opt.MinPosts {
			w.tracked = append(w.tracked, uint32(t))
		}
	}
}

// run plays posts that are sorted by time, with a tick at the end of each pane.
// It may be called again with later posts.
func (w *world) run(posts []post) {
	if len(posts) == 0 {
		return
	}
	pane := w.next
	if pane == 0 {
		pane = floorDiv(posts[0].at, PaneSeconds)
		w.day, w.learned = DayOf(pane), HourOf(pane)-Guard-1
	}
	end := floorDiv(posts[len(posts)-1].at, PaneSeconds)
	w.next = end + 1
	var touched []uint32
	for ; pane <= end; pane++ {
		var v Volume
		touched = touched[:0]
		for len(posts) > 0 && floorDiv(posts[0].at, PaneSeconds) == pane {
			p := posts[0]
			posts = posts[1:]
			if w.down != nil && w.down(pane) {
				continue
			}
			r := &w.rings[p.term]
			if r.seen == nil {
				r.seen, r.firstSeen = make(map[uint32]int64), p.at
				r.pane = pane
			}
			v.Posts++
			if p.thin {
				v.Thin++
			}
			if r.add(p) {
				v.Fresh += 2
			}
			touched = append(touched, p.term)
		}
		w.tick(pane, v, touched)
	}
}

func (w *world) tick(pane int64, v Volume, touched []uint32) {
	w.rhythm.Close(pane, v, w.down != nil && w.down(pane) || w.told != nil && w.told(pane))
	f := w.rhythm.Frame(&w.opt)
	f.Limits = w.judge.Limits(0)
	w.learn(f)
	var open []uint32
	for i := range w.judge.episodes {
		if ep := &w.judge.episodes[i]; ep.closed == 0 {
			open = append(open, uint32(ep.trend.ID))
		}
	}
	touched = append(touched, open...)
	slices.Sort(touched)
	touched = slices.Compact(touched)
	var cands []Candidate
	for _, t := range touched {
		w.rings[t].advance(pane)
		e := Evaluate(w.rings[t].series(), &w.base[t], f, &w.opt)
		if !e.Marks.Empty() {
			w.marks[t].Raise(&e.Marks)
			w.tiers[t] = e.Tier
		}
		if e.Base > 0 || slices.Contains(open, t) {
			cands = append(cands, Candidate{ID: uint64(t), Group: w.groups[t], Evidence: e})
		}
	}
	changes := w.judge.Tick(pane, cands)
	w.changes = append(w.changes, changes...)
	if w.onTick != nil {
		w.onTick(f, touched)
	}
	if day := DayOf(pane + 1); day != w.day {
		w.closeDay()
		w.day = day
	}
}

func (w *world) learn(f *Frame) {
	for h := w.learned + 1; h <= f.Hour-Guard; h++ {
		for _, t := range w.tracked {
			if w.rings[t].seen != nil {
				posts, fresh := w.rings[t].hour(h)
				w.base[t].Learn(f, h, posts, fresh)
			}
		}
		w.learned = h
	}
}

func (w *world) closeDay() {
	var tails Tails
	for t := range w.marks {
		if m := &w.marks[t]; !m.Empty() {
			tails.Add(w.tiers[t], m)
			*m = Marks{}
		}
	}
	w.judge.AddDay(0, w.day, &tails)
}

// raises returns the alarms in order.
func (w *world) raises() []Change {
	var out []Change
	for _, c := range w.changes {
		if c.IsRaise() {
			out = append(out, c)
		}
	}
	return out
}
