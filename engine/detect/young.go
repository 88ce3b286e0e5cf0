package detect

// While a platform's stream is young, baselines know little: they learn a day
// late. Until they have seen three days, a window is therefore also held against
// the hours before it in the series itself, and windows longer than half the
// stream's age are left out: there is nothing to compare them with.

// young is the age in hours below which a stream is treated so.
const young = 72 + Guard

// doubt is taken from the score of a young stream: one standard deviation at the
// beginning, for an expectation from a few hours is itself uncertain, shrinking
// to none.
func (v *view) doubt() float64 { return max(0, 1-v.f.Age/young) }

// comparable reports whether the stream is old enough for the window.
func (v *view) comparable(panes int) bool {
	return 2*float64(panes)/PanesPerHour <= v.f.Age
}

// earlier returns the voices to expect in the last panes, going by the hours
// that ended before them. Its prior weighs one average hour only: the prior of a
// baseline would hide a term that was there from the start for most of a day.
func (v *view) earlier(panes int) float64 {
	n := min(len(v.s.HourFresh), len(v.s.HourPosts))
	var seen, platform float64
	for i := 1 + (panes+PanesPerHour-1)/PanesPerHour; i < min(n, Span) && float64(i) < v.f.Age+1; i++ {
		covered := float64(v.f.covered[i])
		if covered == 0 {
			continue
		}
		seen += v.f.weigh.voices(float64(v.s.HourFresh[n-1-i])/2, float64(v.s.HourPosts[n-1-i]))
		platform += float64(v.f.expected[i]) * covered
	}
	rate := (seen + priorVoices) / (platform + max(v.f.Level, 1))
	return rate * v.platform(0, panes)
}
