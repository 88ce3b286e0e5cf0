// Package subject plays Swell's detector over a trace: the part of the engine
// between exact counts and a verdict, without sketches, queues or storage.
package subject

import (
	"slices"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Subject is the detector over one trace. It belongs to one goroutine.
type Subject struct {
	name      string
	opt       detect.Options
	trace     *trace.Trace
	judge     *detect.Judge
	platforms []platform
	terms     []memory
	open      []uint32 // terms of open trends
	changes   []detect.Change
	cands     []detect.Candidate
	room      room
	trends    []detect.Trend
	day       int64
	started   bool

	// OnChange, if set, is told every change of phase as it happens.
	OnChange func(pane int64, c *detect.Change)
	// OnTrends, if set, is told the open trends of every pane, highest rank first. They are
	// valid during the call.
	OnTrends func(pane int64, open []detect.Trend)
	// OnEvidence, if set, is told every evidence that scored.
	OnEvidence func(term uint32, e *detect.Evidence)
}

// platform is what is known of one platform.
type platform struct {
	seen   bool
	rhythm detect.Rhythm
	frame  *detect.Frame
	// frames holds the frame with which each hour was learned, from first on.
	frames []*detect.Frame
	first  int64
}

// memory is what is known of one term.
type memory struct {
	base    detect.Baseline
	learned int64        // last hour learned; 0: none yet
	first   int64        // Unix second of the first pane
	marks   detect.Marks // of the running day
	held    int64        // pane until which it is taken for unconfirmed
	tier    uint8
	cells   []cell
}

// cell is a pane of a term's past.
type cell struct {
	pane               int32
	posts, fresh, thin uint32
}

// New returns the detector with the given options. An error wraps
// [detect.ErrOptions].
func New(name string, t *trace.Trace, opt detect.Options) (*Subject, error) {
	j, err := detect.NewJudge(opt)
	if err != nil {
		return nil, err
	}
	return &Subject{
		name: name, opt: opt, trace: t, judge: j,
		platforms: make([]platform, len(t.Platforms)), terms: make([]memory, len(t.Terms)),
	}, nil
}

// Name returns the name.
func (s *Subject) Name() string { return s.name }

// Step takes the cells of the closed pane and emits every term's score and rank.
// The score is what the verdict goes by, less the threshold that the empirical null has set
// by then for the term's tier, so that one number orders all terms.
func (s *Subject) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	if !s.started {
		s.started, s.day = true, detect.DayOf(pane)
	}
	s.close(pane, cells)
	s.take(pane, cells)
	s.cands = s.cands[:0]
	for _, id := range s.open {
		s.consider(pane, id, true, emit)
	}
	for i := range cells {
		if id := cells[i].Term; !slices.Contains(s.open, id) {
			s.consider(pane, id, false, emit)
		}
	}
	s.follow(pane)
	s.trends = s.judge.Trends(s.trends[:0])
	for i := range s.trends {
		if t := &s.trends[i]; !t.Variant && t.Phase != detect.Unconfirmed {
			emit(uint32(t.ID), 0, 1+t.Rank)
		}
	}
	if s.OnTrends != nil {
		s.OnTrends(pane, s.trends)
	}
	if day := detect.DayOf(pane + 1); day != s.day {
		s.closeDay()
		s.day = day
	}
}

// close moves the platforms' rhythms on.
func (s *Subject) close(pane int64, cells []trace.Cell) {
	volumes := make([]detect.Volume, len(s.platforms))
	for i := range cells {
		v := &volumes[s.trace.Terms[cells[i].Term].Platform]
		v.Posts += uint64(cells[i].Posts)
		v.Fresh += uint64(cells[i].Fresh)
		v.Thin += uint64(cells[i].Thin)
	}
	for i := range s.platforms {
		p := &s.platforms[i]
		if !p.seen && volumes[i].Posts == 0 {
			continue
		}
		p.seen = true
		p.rhythm.Close(pane, volumes[i], false)
		p.frame = p.rhythm.Frame(&s.opt)
		p.frame.Limits = s.judge.Limits(uint16(i))
		hour := p.frame.Hour - detect.Guard
		if p.frames == nil {
			p.first = hour
		}
		for int64(len(p.frames)) <= hour-p.first {
			p.frames = append(p.frames, p.frame)
		}
	}
}

// take adds the cells to the terms' pasts.
func (s *Subject) take(pane int64, cells []trace.Cell) {
	for i := range cells {
		c, m := &cells[i], &s.terms[cells[i].Term]
		if m.first == 0 {
			m.first = detect.PaneStart(pane)
		}
		m.cells = append(m.cells, cell{int32(pane), c.Posts, c.Fresh, c.Thin})
	}
}

// learn teaches the term's baseline the hours that have left the guard band since
// it was last looked at, each with the frame of its time: what comes out is what
// learning every hour would have given.
func (m *memory) learn(p *platform) {
	last := p.frame.Hour - detect.Guard
	from := max(m.learned+1, detect.HourOf(m.first/detect.PaneSeconds), p.first)
	if m.learned == 0 {
		// The table knows a term from its first post on; earlier hours do not exist.
		from = max(detect.HourOf(m.first/detect.PaneSeconds), p.first)
	}
	i := 0
	for h := from; h <= last; h++ {
		for i < len(m.cells) && detect.HourOf(int64(m.cells[i].pane)) < h {
			i++
		}
		var posts, fresh uint32
		for k := i; k < len(m.cells) && detect.HourOf(int64(m.cells[k].pane)) == h; k++ {
			posts += m.cells[k].posts
			fresh += m.cells[k].fresh
		}
		m.base.Learn(p.frames[h-p.first], h, posts, fresh)
	}
	m.learned = max(m.learned, last)
	// Cells that are both learned and out of the window are not needed any more.
	if n := len(m.cells); n > 256 {
		keep := 0
		for keep < n && detect.HourOf(int64(m.cells[keep].pane)) < last-detect.Span {
			keep++
		}
		if keep > n/2 {
			m.cells = append(m.cells[:0], m.cells[keep:]...)
		}
	}
}

func (s *Subject) consider(pane int64, id uint32, open bool, emit func(term uint32, score, rank float64)) {
	m := &s.terms[id]
	t := &s.trace.Terms[id]
	p := &s.platforms[t.Platform]
	if !open && float64(m.recent(pane, s.opt.Windows[len(s.opt.Windows)-1].Panes+detect.PanesPerHour)) < s.opt.MinPosts {
		return
	}
	m.learn(p)
	series := s.room.series(m, pane)
	series.Open = open
	e := detect.Evaluate(series, &m.base, p.frame, &s.opt)
	if !e.Marks.Empty() {
		m.marks.Raise(&e.Marks)
		m.tier = e.Tier
	}
	if e.Score > 0 && s.OnEvidence != nil {
		s.OnEvidence(id, &e)
	}
	if e.Base > 0 || open {
		s.cands = append(s.cands, detect.Candidate{ID: uint64(id), Group: uint64(t.Group) + 1, Platform: t.Platform, Kind: uint8(t.Kind), Evidence: e})
	}
	if e.Score > 0 && !e.Flags.Has(detect.FlagRegular) && !e.Flags.Has(detect.FlagThin) && pane > m.held && e.Age >= s.opt.WarmupHours {
		emit(id, e.Score-s.judge.Threshold(t.Platform, e.Tier)+s.opt.MinScore, 0)
	}
}

// recent returns the posts of the last panes.
func (m *memory) recent(pane int64, panes int) (n uint64) {
	for i := len(m.cells) - 1; i >= 0 && int64(m.cells[i].pane) > pane-int64(panes); i-- {
		n += uint64(m.cells[i].posts)
	}
	return n
}

func (s *Subject) follow(pane int64) {
	s.changes = s.judge.Tick(pane, s.cands)
	for i := range s.changes {
		c := &s.changes[i]
		id := uint32(c.ID)
		switch {
		case c.Phase == detect.Unconfirmed:
			s.terms[id].held = pane + 1<<30
		case c.Phase == detect.Over && c.From == detect.Unconfirmed:
			s.terms[id].held = pane + detect.PanesPerDay
		case c.From == detect.Unconfirmed:
			s.terms[id].held = 0
		}
		switch {
		case c.Phase == detect.Over:
			s.open = slices.DeleteFunc(s.open, func(o uint32) bool { return o == id })
		case !slices.Contains(s.open, id):
			s.open = append(s.open, id)
		}
		if s.OnChange != nil {
			s.OnChange(pane, c)
		}
	}
	slices.Sort(s.open)
}

func (s *Subject) closeDay() {
	tails := make([]detect.Tails, len(s.platforms))
	for i := range s.terms {
		if m := &s.terms[i]; !m.marks.Empty() {
			tails[s.trace.Terms[i].Platform].Add(m.tier, &m.marks)
			m.marks = detect.Marks{}
		}
	}
	for p := range tails {
		s.judge.AddDay(uint16(p), s.day, &tails[p])
	}
}

// room is where a term's series is laid out.
type room struct {
	panePosts, paneFresh [64]uint32
	hourPosts, hourFresh [72]uint32
}

func (r *room) series(m *memory, pane int64) detect.Series {
	*r = room{}
	thin := uint32(0)
	hour := detect.HourOf(pane)
	for i := len(m.cells) - 1; i >= 0; i-- {
		c := &m.cells[i]
		back := hour - detect.HourOf(int64(c.pane))
		if back >= int64(len(r.hourPosts)) {
			break
		}
		r.hourPosts[71-back] += c.posts
		r.hourFresh[71-back] += c.fresh
		if back < 2 {
			thin += c.thin
		}
		if b := pane - int64(c.pane); b < int64(len(r.panePosts)) {
			r.panePosts[63-b] += c.posts
			r.paneFresh[63-b] += c.fresh
		}
	}
	return detect.Series{
		PanePosts: r.panePosts[:], PaneFresh: r.paneFresh[:], HourPosts: r.hourPosts[:], HourFresh: r.hourFresh[:], FirstSeen: m.first, Thin: thin,
	}
}

// Usual returns what is usual of a term as of the pane that was closed last.
func (s *Subject) Usual(term uint32) detect.Usual {
	return s.terms[term].base.UsualOf(s.platforms[s.trace.Terms[term].Platform].frame)
}
