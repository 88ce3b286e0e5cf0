package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/console"
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
	hours                       []uint32 // posts, oldest first; nil: not known
}

func rowsOfView(v *engine.View, limit int) []row {
	var rows []row
	for i := range v.Trends[:min(limit, len(v.Trends))] {
		t := &v.Trends[i]
		rows = append(rows, row{
			phase: t.Phase.String(), platform: t.Platform, kind: t.Term.Kind.String(), term: t.Term.Display,
			confidence: t.Confidence, low: t.Left.Low, high: t.Left.High,
			rate: t.PostsPerHour, expected: t.ExpectedPerHour, authors: min(t.Authors24, t.Posts), gauge: t.Hours == nil,
			started: t.Why.StartedUnix, hours: t.Hours,
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
			started: t.Started.Unix(), hours: t.Hours,
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

// printRanking prints the ranking of a run as a table.
func printRanking(w io.Writer, rows []row, asOf int64) error {
	var b strings.Builder
	h := head{}
	if asOf != 0 {
		at := time.Unix(asOf, 0)
		h.AsOf = &at
	}
	appendRanking(&b, screenOf(w), rows, h)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("cannot print the trends: %w", err)
	}
	return nil
}

func asOfText(unix int64) string { return console.Minute(time.Unix(unix, 0)) }

// sparkWidth is that of the line of 72 hours: three in a character.
const sparkWidth = 24

// appendRanking lays out a table whose last column is the term: terms come in
// scripts of every width, and nothing has to line up behind them.
func appendRanking(b *strings.Builder, on screen, rows []row, h head) {
	if h.AsOf == nil {
		b.WriteString("Nothing has been counted yet.\n")
		return
	}
	b.WriteString(title("Trends", h))
	if len(rows) == 0 {
		b.WriteString("Nothing accelerates beyond its usual course.\n")
		return
	}
	b.WriteByte('\n')
	columns := []console.Column{{Head: "PHASE", Paint: phaseColour}, right("SURE"), right("HOURS LEFT"), right("POSTS/H"), right("AUTHORS"),
		left("SINCE"), left("LAST 72 H"), left("PLATFORM"), left("KIND"), left("TERM")}
	const hours = 6
	drawn := slices.ContainsFunc(rows, func(r row) bool { return r.hours != nil })
	if !drawn {
		columns = slices.Delete(columns, hours, hours+1)
	}
	t := on.table(columns...)
	for _, r := range rows {
		rate, authors := rateText(r.rate, r.expected), console.Count(r.authors)
		if r.gauge {
			rate, authors = console.Unknown, console.Unknown
		}
		cells := []string{r.phase, console.Share(r.confidence), hoursText(r.low, r.high), rate, authors,
			time.Unix(r.started, 0).UTC().Format("Jan 02 15:04"), console.Spark(floats(r.hours), sparkWidth), r.platform, r.kind, r.term + also(r.variants)}
		if !drawn {
			cells = slices.Delete(cells, hours, hours+1)
		}
		t.Row(cells...)
	}
	t.AppendTo(b)
	b.WriteString("\nPOSTS/H: last hour (expected). AUTHORS: distinct, last 24 h. HOURS LEFT: four in five last that long. SINCE: UTC.\n")
}

func left(head string) console.Column  { return console.Column{Head: head} }
func right(head string) console.Column { return console.Column{Head: head, Right: true} }

func phaseColour(phase string) console.Colour {
	switch phase {
	case "emerging":
		return console.Bold
	case "rising":
		return console.Green
	case "peaking":
		return console.Yellow
	case "unconfirmed":
		return console.Red
	}
	return console.Dim
}

func rateText(rate, expected float64) string {
	return fmt.Sprintf("%s (%s)", console.Decimal(rate, 0), console.Decimal(expected, 0))
}

func hoursText(low, high float64) string {
	return console.Decimal(low, 0) + "-" + console.Decimal(high, 0)
}

func floats(counts []uint32) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = float64(n)
	}
	return out
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
func printable(s string) string { return console.Printable(s) }

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
