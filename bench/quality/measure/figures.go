package measure

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Ratio is a part of a whole number of things.
type Ratio struct {
	Count int
	Of    int
}

// Share returns Count/Of, and 0 where there was nothing.
func (r Ratio) Share() float64 {
	if r.Of == 0 {
		return 0
	}
	return float64(r.Count) / float64(r.Of)
}

// MarshalJSON adds the share, null where there was nothing.
func (r Ratio) MarshalJSON() ([]byte, error) {
	out := struct {
		Count int      `json:"count"`
		Of    int      `json:"of"`
		Share *float64 `json:"share"`
	}{Count: r.Count, Of: r.Of}
	if r.Of > 0 {
		share := r.Share()
		out.Share = &share
	}
	return json.Marshal(out)
}

// Summary describes N numbers; all is 0 where there are none. Quartiles lie
// between the order statistics by linear interpolation: type 7 of Hyndman and Fan,
// Sample Quantiles in Statistical Packages (1996).
type Summary struct {
	N      int     `json:"n"`
	Mean   float64 `json:"mean"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
}

// summarise describes times in seconds, in hours.
func summarise(seconds []int64) Summary {
	n := len(seconds)
	if n == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(seconds))
	sum := int64(0)
	for _, s := range sorted {
		sum += s
	}
	return Summary{
		N: n, Mean: float64(sum) / float64(n) / hour,
		Q1: quantile(sorted, 1), Median: quantile(sorted, 2), Q3: quantile(sorted, 3),
	}
}

// quantile returns a quartile, in hours, of seconds in rising order.
func quantile(sorted []int64, quarter int) float64 {
	at := quarter * (len(sorted) - 1)
	low := sorted[at/4]
	high := sorted[min(at/4+1, len(sorted)-1)]
	// Exact: four times the quantile is a whole number of seconds.
	return float64(4*low+int64(at%4)*(high-low)) / (4 * hour)
}

// Figures say what came of the trends of a stream and what else was raised.
type Figures struct {
	// BeforePeak are the trends found before their peak, of those whose peak is known.
	BeforePeak Ratio `json:"before_peak"`
	// Recall are the trends found before their peak or late, of all; a trend
	// without a known peak counts here alone.
	Recall Ratio `json:"recall"`
	Late   int   `json:"late"`
	Missed int   `json:"missed"`
	// Lead and Delay are in hours: Lead of all trends whose peak is known, Delay
	// of those that were raised.
	Lead   Summary     `json:"lead_h"`
	Delay  Summary     `json:"delay_h"`
	False  FalseAlarms `json:"false_alarms"`
	Shapes []Shape     `json:"shapes"` // by name
}

// Shape says what came of the trends of one shape.
type Shape struct {
	Name       string  `json:"shape"`
	BeforePeak Ratio   `json:"before_peak"`
	Recall     Ratio   `json:"recall"`
	Lead       Summary `json:"lead_h"`
	Delay      Summary `json:"delay_h"`
}

// FalseAlarms are counted over all platforms together.
type FalseAlarms struct {
	Count          int          `json:"count"`
	PerDay         float64      `json:"per_day"`
	PerPlatformDay float64      `json:"per_platform_day"`
	Causes         []CauseCount `json:"causes"` // every one, in a fixed order
}

// Cause says what a false alarm was about.
type Cause string

// Background is the cause of a false alarm about which the truth says nothing; the
// other causes are named as the types of truth rows.
const Background Cause = "background"

// Causes lists the causes.
func Causes() []Cause { return []Cause{Background, "regular", "burst", "bot", "flood"} }

// CauseCount is how many false alarms had one cause.
type CauseCount struct {
	Cause  Cause   `json:"cause"`
	Count  int     `json:"count"`
	PerDay float64 `json:"per_day"`
}

func falseAlarms(count map[Cause]int, days float64, platforms int) FalseAlarms {
	rate := func(n int) float64 {
		if days <= 0 {
			return 0
		}
		return float64(n) / days
	}
	var f FalseAlarms
	for _, c := range Causes() {
		f.Count += count[c]
		f.Causes = append(f.Causes, CauseCount{c, count[c], rate(count[c])})
	}
	f.PerDay = rate(f.Count)
	f.PerPlatformDay = f.PerDay / float64(max(platforms, 1))
	return f
}

// tally gathers the outcomes of trends.
type tally struct {
	peaked, before, late, missed, raised int
	leads, delays                        []int64
}

// add takes in a trend that was raised by step, or missed where that is nil.
func (t *tally) add(peaked bool, step *Step) {
	lead := int64(0)
	if step == nil {
		t.missed++
	} else {
		t.raised++
		t.delays = append(t.delays, step.Delay)
		switch {
		case !peaked:
		case step.Lead > 0:
			t.before++
			lead = step.Lead
		default:
			t.late++
		}
	}
	if peaked {
		t.peaked++
		t.leads = append(t.leads, lead)
	}
}

func (t *tally) beforePeak() Ratio { return Ratio{t.before, t.peaked} }
func (t *tally) recall() Ratio     { return Ratio{t.raised, t.raised + t.missed} }

// figuresOf describes trends by their shapes and together, without false alarms.
func figuresOf(trends []Climb, raisedBy func(*Climb) *Step) Figures {
	var all tally
	shapes := map[string]*tally{}
	for i := range trends {
		c := &trends[i]
		step := raisedBy(c)
		all.add(c.Peaked, step)
		if shapes[c.Shape] == nil {
			shapes[c.Shape] = &tally{}
		}
		shapes[c.Shape].add(c.Peaked, step)
	}
	f := Figures{
		BeforePeak: all.beforePeak(), Recall: all.recall(), Late: all.late, Missed: all.missed,
		Lead: summarise(all.leads), Delay: summarise(all.delays),
	}
	f.Shapes = make([]Shape, 0, len(shapes))
	for name, t := range shapes {
		f.Shapes = append(f.Shapes, Shape{name, t.beforePeak(), t.recall(), summarise(t.leads), summarise(t.delays)})
	}
	slices.SortFunc(f.Shapes, func(a, b Shape) int { return cmp.Compare(a.Name, b.Name) })
	return f
}
