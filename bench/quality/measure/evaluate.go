package measure

import "github.com/swell-radar/swell/bench/quality/truth"

// Report says how good the alarms of one detector were.
type Report struct {
	Days      float64 `json:"days"` // of an oracle, from its first row on
	Platforms int     `json:"platforms"`
	// Oracle: trends are an oracle's events.
	Oracle bool `json:"oracle"`
	// Unfinished trends count for nothing: their peak lies behind the end.
	Unfinished int `json:"unfinished"`

	Alarms    Alarms `json:"alarms"`
	Precision Ratio  `json:"precision"`
	Figures
}

// Alarms says what the alarms were.
type Alarms struct {
	Count int `json:"count"`
	Right int `json:"right"` // about a trend, while it lived; an oracle's hits
	// Spared are neither right nor false: shortly before a trend, shortly after,
	// or about a row that is near.
	Spared int `json:"spared"`
	False  int `json:"false"`
}

// Evaluate measures alarms, each the first of an episode, in any order. It takes
// time proportional to their number, beside sorting.
func Evaluate(alarms []Alarm, set truth.Set, opt Options) Report {
	s := newSubject(set, &opt)
	r := Report{Days: opt.days(), Platforms: opt.platforms(), Oracle: set.Oracle, Unfinished: s.unfinished}
	causes := map[Cause]int{}
	s.each(alarms, &opt, func(a *Alarm) {
		v, cause := s.judge(a.name(), a.At, func(row int) {
			if c := s.trend(row); c != nil && len(c.Steps) == 0 {
				c.Steps = append(c.Steps, s.step(row, a.At, a.Score))
			}
		})
		r.Alarms.Count++
		switch v {
		case Right:
			r.Alarms.Right++
		case Spared:
			r.Alarms.Spared++
		case False:
			r.Alarms.False++
			causes[cause]++
		}
	})
	r.Precision = Ratio{r.Alarms.Right, r.Alarms.Right + r.Alarms.False}
	r.Figures = figuresOf(s.trends, func(c *Climb) *Step {
		if len(c.Steps) == 0 {
			return nil
		}
		return &c.Steps[0]
	})
	r.False = falseAlarms(causes, r.Days, r.Platforms)
	return r
}

// Judgement is an alarm and what it was.
type Judgement struct {
	Alarm
	Verdict Verdict
	Cause   Cause // of a false one
	Row     int   // in the set, of the first trend that a right one was about; -1 otherwise
}

// Judge says of each alarm that [Evaluate] counts what it was, by time.
func Judge(alarms []Alarm, set truth.Set, opt Options) []Judgement {
	s := newSubject(set, &opt)
	var judged []Judgement
	s.each(alarms, &opt, func(a *Alarm) {
		j := Judgement{Alarm: *a, Row: -1}
		j.Verdict, j.Cause = s.judge(a.name(), a.At, func(row int) {
			if j.Row < 0 {
				j.Row = row
			}
		})
		if j.Verdict != False {
			j.Cause = ""
		}
		judged = append(judged, j)
	})
	return judged
}

// each calls yield with the alarms that count, by time.
func (s *subject) each(alarms []Alarm, opt *Options, yield func(*Alarm)) {
	last := map[name]int64{}
	sorted := byTime(alarms)
	for i := range sorted {
		a := &sorted[i]
		if s.isOracle {
			if before, ok := last[a.name()]; ok && a.At-before < repeat {
				continue
			}
			last[a.name()] = a.At
		}
		if opt.contains(a.At) && opt.on(a.Platform) {
			yield(a)
		}
	}
}
