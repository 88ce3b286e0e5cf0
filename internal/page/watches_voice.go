package page

import (
	"cmp"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// comparedLists is how many lists share a drawing before somebody asks for more.
const comparedLists = 5

// voiceBody is how often a list was mentioned, alone and beside others.
type voiceBody struct {
	mentioned
	Voice *api.WatchVoice
	Span  string // the range in the address: 3d, 7d or 28d
	Spans []choice
	// With are the other lists that it can be compared with.
	With   []choice
	Shares []api.VoiceShare
	Whole  *api.WatchVoices
	lines  chart.Lines
}

// voiceSpans are the ranges that can be looked at, with their hours.
func voiceSpans() map[string]time.Duration {
	return map[string]time.Duration{"3d": 72 * time.Hour, "7d": 7 * 24 * time.Hour, "28d": 28 * 24 * time.Hour}
}

// voiceOf gathers the mentions of a list, and of those that are named beside it or are of its kind.
func (p *Page) voiceOf(v *viewer, w *api.Watch) (*voiceBody, *api.Problem) {
	q := v.URL.Query()
	b := &voiceBody{Span: q.Get("span")}
	if voiceSpans()[b.Span] == 0 {
		b.Span = "3d"
	}
	b.Spans = chosen([]choice{{Value: "3d", Label: "3 days"}, {Value: "7d", Label: "7 days"}, {Value: "28d", Label: "28 days"}}, b.Span)
	var lists api.WatchesAnswer
	if problem := p.opt.API.Get(v.Request, api.WatchesPath, nil, &lists); problem != nil {
		return nil, problem
	}
	with := b.choose(w, lists.Watches, q)
	b.lines = chart.Lines{Zone: v.zone, ID: "voice"}
	for i, name := range append([]string{w.Name}, with...) {
		voice, problem := p.askVoice(v, name, b.Span)
		switch {
		case problem != nil && i == 0:
			return nil, problem
		case problem != nil:
			continue
		case i == 0:
			b.Voice, b.mentioned = voice, mentionsIn(voice)
		}
		b.lines.Names = append(b.lines.Names, cmp.Or(voice.Title, voice.Watch))
		b.lines.Series = append(b.lines.Series, voiceHours(voice))
	}
	if b.Span != "3d" {
		b.mentioned = p.mentionsOf(v, w.Name)
	}
	b.lines.Label = "Mentions an hour of " + listed(mapped(b.lines.Names, text))
	if len(with) == 0 {
		return b, nil
	}
	ask := url.Values{"watches": {strings.Join(append([]string{w.Name}, with...), ",")}}
	if b.Voice.AsOf != nil {
		ask.Set("from", b.Voice.Range.From.UTC().Format(time.RFC3339))
	}
	b.Whole = &api.WatchVoices{}
	if problem := p.opt.API.Get(v.Request, api.VoicePath, ask, b.Whole); problem != nil {
		return nil, problem
	}
	b.Shares = b.Whole.Watches
	return b, nil
}

// choose fills in what the list can be compared with, and returns what it is: what the address names, or else its rivals.
func (b *voiceBody) choose(w *api.Watch, lists []api.WatchSummary, q url.Values) (with []string) {
	for _, l := range lists {
		if l.Name == w.Name {
			continue
		}
		on := slices.Contains(q["with"], l.Name) || !q.Has("with") && !q.Has("alone") && rivals(w.Purpose, l.Purpose) && len(with) < comparedLists-1
		if on && len(with) < api.MaxCompared-1 {
			with = append(with, l.Name)
		} else {
			on = false
		}
		b.With = append(b.With, choice{Value: l.Name, Label: cmp.Or(l.Title, l.Name), On: on})
	}
	return with
}

// rivals reports whether the voices of lists of two purposes are worth comparing.
func rivals(a, b string) bool {
	market := []string{api.PurposeBrand, api.PurposeCompetitor}
	return a != "" && a == b || slices.Contains(market, a) && slices.Contains(market, b)
}

// askVoice asks for the mentions of a list, by hours, or by days where the range is long.
func (p *Page) askVoice(v *viewer, name, span string) (*api.WatchVoice, *api.Problem) {
	var voice api.WatchVoice
	q := url.Values{}
	if span == "28d" {
		q.Set("step", "1d")
	}
	if d := voiceSpans()[span]; span != "3d" && !p.countedTo(v).IsZero() {
		q.Set("from", p.countedTo(v).Add(-d).UTC().Format(time.RFC3339))
	}
	if problem := p.opt.API.Get(v.Request, api.WatchVoicePath(name), q, &voice); problem != nil {
		return nil, problem
	}
	return &voice, nil
}

// countedTo is up to when posts were counted; zero: nothing was.
func (p *Page) countedTo(v *viewer) time.Time {
	var status api.StatusAnswer
	if problem := p.opt.API.Get(v.Request, api.StatusPath, nil, &status); problem != nil || status.AsOf == nil {
		return time.Time{}
	}
	return *status.AsOf
}

// voiceHours are the steps of an answer as a chart takes them: the upper bound where posts were not counted one by one.
func voiceHours(voice *api.WatchVoice) []chart.Hour {
	nan := math.NaN()
	out := make([]chart.Hour, 0, len(voice.Points))
	for i := range voice.Points {
		pt := &voice.Points[i]
		out = append(out, chart.Hour{Start: pt.Start, Posts: float64(pt.Posts.High), Authors: float64(pt.FreshAuthors), Low: nan, Expected: nan, High: nan, Partial: pt.Partial})
	}
	return out
}

// Lines draws the mentions of all the lists.
func (b *voiceBody) Lines() template.HTML { return b.lines.SVG() }

// Bar draws the shares of voice, as they were counted, or as they are known within narrow bounds; empty: neither is so.
func (b *voiceBody) Bar() template.HTML {
	bar := chart.Bar{Label: "Share of voice"}
	sum := 0.0
	for i := range b.Shares {
		x := shareIn(&b.Shares[i])
		if math.IsNaN(x) {
			return ""
		}
		sum += x
		bar.Parts = append(bar.Parts, chart.Part{Name: text(cmp.Or(b.Shares[i].Title, b.Shares[i].Watch)), Share: x})
	}
	if sum <= 0 {
		return ""
	}
	for i := range bar.Parts {
		bar.Parts[i].Share /= sum
	}
	return bar.SVG()
}

// shareIn is the share that a bar shows; NaN: it is not known well enough.
func shareIn(s *api.VoiceShare) float64 {
	const narrow = 0.1
	low, high := float64(s.Share.Low), float64(s.Share.High)
	switch {
	case high-low <= narrow:
		return (low + high) / 2
	case s.Counted != nil:
		return float64(s.Counted.Share)
	}
	return math.NaN()
}

// Posts writes the posts of a list in the range.
func (b *voiceBody) Posts(p api.VoicePosts) string { return boundsWords(p.Low, p.High, p.AtLeast) }

// Share writes between what a share lies; empty: it may be anything.
func (b *voiceBody) Share(s api.ShareBounds) string {
	switch {
	case s.Low == 0 && s.High == 1:
		return ""
	case !known(s.Low) || !known(s.High):
		return "–"
	case math.Round(1000*float64(s.Low)) == math.Round(1000*float64(s.High)):
		return inPercent(s.Low)
	}
	return plainNumber(100*s.Low, 1) + "–" + inPercent(s.High)
}

// spoken is what is known of the mentions, with who looks at it.
type spoken struct {
	*voiceBody
	V *viewer
}

// Spoken tells of the mentions, as the viewer has times.
func (b *watchBody) Spoken(v *viewer) spoken { return spoken{b.Voice, v} }

// LinesNow is what somebody else has made of the terms and phrases.
func (b *watchBody) LinesNow() string { return linesOf(b.Changed) }
