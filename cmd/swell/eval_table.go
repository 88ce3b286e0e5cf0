package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/internal/app"
)

// print prints the result for people.
func (r *evalResult) print(w io.Writer) error {
	t := evalTable{evalResult: r}
	t.head()
	t.trends()
	t.alarms()
	t.shapes()
	t.budgets()
	t.forecasts()
	_, err := w.Write(t.b.Bytes())
	return err
}

// evalTable collects the lines of the printed result.
type evalTable struct {
	*evalResult
	b bytes.Buffer
}

// line adds a line, made harmless: names come from files.
func (t *evalTable) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(printable(fmt.Sprintf(format, args...)), " "))
	t.b.WriteByte('\n')
}

// word is what an oracle calls a thing, or what it is called elsewhere.
func (t *evalTable) word(oracle, planted string) string {
	if t.Oracle {
		return oracle
	}
	return planted
}

func (t *evalTable) head() {
	t.line("Detections of %s against %s", t.Detections, t.Truth)
	days := strconv.FormatFloat(t.Days, 'f', 1, 64) + " days"
	if t.Oracle {
		days += " from the first row on"
	}
	where := "any platform"
	switch n := len(t.Stream.Platforms); n {
	case 0:
	case 1:
		where = t.Stream.Platforms[0]
	default:
		where = fmt.Sprintf("%d platforms", n)
	}
	t.line("%s to %s, %s, %s", asOfText(t.Stream.From.Unix()), asOfText(t.Stream.To.Unix()), days, where)
	if !t.Stream.Given {
		t.line("Taken from the files; say with --stream which part counts.")
	}
}

// count is a row of a number and a share.
func (t *evalTable) count(name string, n int, share string) {
	t.line("%-24s %8s  %s", name, app.Thousands(uint64(n)), share)
}

func percent(r measure.Ratio) string {
	if r.Of == 0 {
		return "-"
	}
	return strconv.FormatFloat(100*r.Share(), 'f', 0, 64) + "%"
}

// hours writes a figure of a summary, if it is of anything.
func hours(s measure.Summary, x float64) string {
	if s.N == 0 {
		return "-"
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

func (t *evalTable) trends() {
	t.line("")
	t.count(t.word("EVENTS", "TRENDS"), t.Recall.Of, "")
	t.count("found before the peak", t.BeforePeak.Count, percent(t.BeforePeak))
	t.count("found later", t.Late, percent(measure.Ratio{Count: t.Late, Of: t.BeforePeak.Of}))
	if n := t.Recall.Count - t.BeforePeak.Count - t.Late; n > 0 {
		t.count("found, peak not known", n, "")
	}
	t.count("missed", t.Missed, percent(measure.Ratio{Count: t.Missed, Of: t.Recall.Of}))
	if t.Unfinished > 0 {
		t.line("Not counted: %d whose peak lies behind the end.", t.Unfinished)
	}
	t.line("")
	t.line("%-24s %8s %8s %8s %8s", "HOURS", "MEAN", "25%", "MEDIAN", "75%")
	for _, row := range []struct {
		name string
		s    measure.Summary
	}{{"lead before the peak", t.Lead}, {"delay after the onset", t.Delay}} {
		t.line("%-24s %8s %8s %8s %8s", row.name, hours(row.s, row.s.Mean), hours(row.s, row.s.Q1), hours(row.s, row.s.Median), hours(row.s, row.s.Q3))
	}
	t.line("Lead is over all %s, 0 where found later or missed; delay over those found.", t.word("events", "trends"))
}

func (t *evalTable) alarms() {
	t.line("")
	t.count("ALARMS", t.Alarms.Count, "")
	t.count(t.word("hits", "about a trend"), t.Alarms.Right, "precision "+percent(t.Precision))
	t.count(t.word("near", "neither"), t.Alarms.Spared, "")
	t.count("false", t.Alarms.False, fmt.Sprintf("%.1f a day, %.1f a day and platform", t.False.PerDay, t.False.PerPlatformDay))
	for _, c := range t.False.Causes {
		if c.Count > 0 && !t.Oracle {
			t.count("  "+string(c.Cause), c.Count, fmt.Sprintf("%.1f a day", c.PerDay))
		}
	}
}

func (t *evalTable) shapes() {
	if len(t.Shapes) < 2 {
		return
	}
	t.line("")
	t.line("%8s %12s %8s %10s %13s  %s", t.word("EVENTS", "TRENDS"), "BEFORE PEAK", "FOUND", "MEAN LEAD", "MEDIAN DELAY", "SHAPE")
	for _, s := range t.Shapes {
		name := s.Name
		if name == "" {
			name = "not known"
		}
		t.line("%8s %12s %8s %10s %13s  %s", app.Thousands(uint64(s.Recall.Of)), percent(s.BeforePeak), percent(s.Recall),
			hours(s.Lead, s.Lead.Mean), hours(s.Delay, s.Delay.Median), name)
	}
}

func (t *evalTable) budgets() {
	t.line("")
	t.line("%18s %10s %12s %8s %10s %13s", "FALSE/DAY/PLATFORM", "THRESHOLD", "BEFORE PEAK", "FOUND", "MEAN LEAD", "MEDIAN DELAY")
	for _, b := range t.Budgets {
		within := ""
		if b.Exhausted {
			within = "  all that was raised"
		}
		t.line("%18s %10s %12s %8s %10s %13s%s", strconv.FormatFloat(b.PerPlatformDay, 'f', -1, 64), strconv.FormatFloat(b.Threshold, 'g', 6, 64),
			percent(b.BeforePeak), percent(b.Recall), hours(b.Lead, b.Lead.Mean), hours(b.Delay, b.Delay.Median), within)
	}
	t.line("If only scores from a threshold on were raised: here terms and UTC days are false alarms.")
}

func (t *evalTable) forecasts() {
	if !t.Oracle {
		t.line("")
		t.line("Hourly lists: precision@%d %s of at most %s; %s of the trends were listed before their peak.",
			t.Lists.K, hundredths(t.Lists.Precision), hundredths(t.Lists.Ceiling), percent(t.Lists.BeforePeak))
	}
	if t.Confidence.N > 0 {
		t.line("")
		t.line("%12s %8s %8s %8s", "CONFIDENCE", "ALARMS", "GIVEN", "TRUE")
		for _, b := range t.Confidence.Bins {
			if b.N > 0 {
				t.line("%12s %8s %8s %8s", fmt.Sprintf("%.0f-%.0f%%", 100*b.Low, 100*b.High), app.Thousands(uint64(b.N)), hundredths(b.Mean), hundredths(b.Observed))
			}
		}
		t.line("Brier score %s, calibration error %s.", hundredths(t.Confidence.Brier), hundredths(t.Confidence.ECE))
	}
	if t.HoursLeft.N > 0 {
		t.line("Hours left: %s of %d ended within the range given, %s before, %s after; off by %.1f h on average.",
			percent(t.HoursLeft.Within), t.HoursLeft.N, percent(t.HoursLeft.Below), percent(t.HoursLeft.Above), t.HoursLeft.Error)
	}
}

func hundredths(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
