package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
)

// row is one trend as the table shows it.
type row struct {
	phase, platform, kind, term string
	variants                    []string // other spellings
	confidence                  float64
	low, high                   float64 // hours left
	rate, expected              float64
	authors                     uint64
	gauge                       bool
	started                     int64
}

func rowsOfView(v *engine.View, limit int) []row {
	var rows []row
	for i := range v.Trends[:min(limit, len(v.Trends))] {
		t := &v.Trends[i]
		rows = append(rows, row{
			phase: t.Phase.String(), platform: t.Platform, kind: t.Term.Kind.String(), term: t.Term.Display,
			confidence: t.Confidence, low: t.Left.Low, high: t.Left.High,
			rate: t.PostsPerHour, expected: t.ExpectedPerHour, authors: min(t.Authors24, t.Posts), gauge: t.Hours == nil,
			started: t.Why.StartedUnix,
		})
		for i := range t.Variants {
			last := &rows[len(rows)-1]
			last.variants = append(last.variants, t.Variants[i].Term.Display)
		}
	}
	return rows
}

func rowsOfAnswer(trends []api.Trend) []row {
	var rows []row
	for i := range trends {
		t := &trends[i]
		r := row{
			phase: t.Phase, platform: t.Platform, kind: t.Kind, term: t.Term,
			confidence: float64(t.Confidence), low: float64(t.HoursLeft.Low), high: float64(t.HoursLeft.High),
			rate: float64(t.RatePerH), expected: float64(t.ExpectedPerH), gauge: t.Authors24h == nil,
			started: t.Started.Unix(),
		}
		if t.Authors24h != nil {
			r.authors = t.Authors24h.Estimate
		}
		for i := range t.Variants {
			r.variants = append(r.variants, t.Variants[i].Term)
		}
		rows = append(rows, r)
	}
	return rows
}

// printRanking prints a table whose last column is the term: terms come in
// scripts of every width, and nothing has to line up behind them.
func printRanking(w io.Writer, rows []row, asOf int64) error {
	var b bytes.Buffer
	switch {
	case asOf == 0:
		b.WriteString("Nothing has been counted yet.\n")
	case len(rows) == 0:
		fmt.Fprintf(&b, "Trends as of %s\nNothing accelerates beyond its usual course.\n", asOfText(asOf))
	default:
		fmt.Fprintf(&b, "Trends as of %s\n\n", asOfText(asOf))
		appendTable(&b, rows)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("cannot print the trends: %w", err)
	}
	return nil
}

func asOfText(unix int64) string {
	return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04 UTC")
}

func appendTable(b *bytes.Buffer, rows []row) {
	fmt.Fprintf(b, "%-11s %5s %10s %12s %8s %-12s %-10s %-8s %s\n",
		"PHASE", "SURE", "HOURS LEFT", "POSTS/H", "AUTHORS", "SINCE", "PLATFORM", "KIND", "TERM")
	for _, r := range rows {
		rate, authors := fmt.Sprintf("%.0f (%.0f)", r.rate, r.expected), app.Thousands(r.authors)
		if r.gauge {
			rate, authors = "-", "-"
		}
		line := fmt.Sprintf("%-11s %4.0f%% %10s %12s %8s %-12s %-10s %-8s %s",
			r.phase, 100*r.confidence, fmt.Sprintf("%.0f-%.0f", r.low, r.high), rate, authors,
			time.Unix(r.started, 0).UTC().Format("Jan 02 15:04"), r.platform, r.kind, r.term+also(r.variants))
		b.WriteString(printable(line))
		b.WriteByte('\n')
	}
	b.WriteString("\nPOSTS/H: last hour (expected). AUTHORS: distinct, last 24 h. HOURS LEFT: four in five last that long.\n")
}

// also names other spellings of a term, a few of them.
func also(spellings []string) string {
	const most = 3
	switch n := len(spellings); {
	case n == 0:
		return ""
	case n > most:
		return fmt.Sprintf(" (also %s and %d more)", strings.Join(spellings[:most], ", "), n-most)
	}
	return " (also " + strings.Join(spellings, ", ") + ")"
}

// printable drops what could move the cursor or turn the writing direction of
// the lines below.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
			return -1
		}
		return r
	}, s)
}

// announce prints the end of a replay: the ranking on standard output, and where
// to ask on standard error. Its error is that of standard output; where to ask is
// told all the same.
func announce(s streams, v *engine.View, address string, o app.ReplayOptions) error {
	var err error
	if o.Detections != stdoutName {
		err = printRanking(s.out, rowsOfView(v, 10), v.AsOf)
	}
	if address == "" {
		return err
	}
	server := ""
	if address != api.DefaultBase {
		server = " --server " + address
	}
	fmt.Fprintf(s.err, `
serving at %s; stop with Ctrl-C. Ask it:

  curl '%s/api/v1/trends?limit=3'
  %s trends%s --phase rising

A file of your own (NDJSON, one post a line; see the README):

  %s replay FILE --serve --data ./swell-data

`, address, address, os.Args[0], server, os.Args[0])
	return err
}
