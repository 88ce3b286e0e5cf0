package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newSeries(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "series KIND KEY | '#KEY'",
		Short: "Print the hours or days of one term",
		Long: `Series prints how many posts a term had by hour or day on each platform, as far back
as that is kept. An hour that was not counted has a dot: it is missing, not zero. Times are UTC;
--to is not part of the range.`,
		Example: "  swell series '#BookTok' --step 1d --from 2026-11-01T00:00:00Z\n  swell series hashtag BookTok --platform tiktok --csv > booktok.csv",
		Args:    arguments(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, key, err := readName(args)
			if err != nil {
				return usage(err)
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.TermPath(kind, key)+api.SeriesPath, a.query(cmd.Flags()), func(b *strings.Builder, out *api.SeriesAnswer) {
					appendSeries(b, q.screen, out)
				})
			})
		},
	}
	a.add(cmd, listOutputs...)
	a.oneTerm(cmd)
	a.span(cmd)
	a.param(cmd.Flags(), "step", "step", "1h or 1d")
	words(cmd, "step", "1h", "1d")
	return cmd
}

// span adds the flags of a range of time.
func (a *asking) span(cmd *cobra.Command) {
	a.param(cmd.Flags(), "from", "from", "start of the range: RFC 3339, or Unix seconds")
	a.param(cmd.Flags(), "to", "to", "its end, which is no part of it")
	for _, name := range []string{"from", "to"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// appendSeries lays out a line for each step and a column for each platform.
func appendSeries(b *strings.Builder, on screen, a *api.SeriesAnswer) {
	b.WriteString(title(shownName(a.Kind, a.Key), head{AsOf: a.AsOf, Coverage: a.Coverage}))
	columns := []console.Column{left(stepHead(a.Step))}
	cells := map[time.Time]map[int]string{}
	put := func(start time.Time, column int, text string) {
		if cells[start] == nil {
			cells[start] = map[int]string{}
		}
		cells[start][column] = text
	}
	var notes int
	for i := range a.Platforms {
		p := &a.Platforms[i]
		columns = append(columns, right("POSTS "+printable(p.Platform)), right("NEW AUTHORS"))
		for j := range p.Points {
			point := &p.Points[j]
			text := console.Count(point.Posts)
			if mark := markOf(point); mark != "" {
				text, notes = text+mark, notes+1
			}
			put(point.Start, len(columns)-2, text)
			put(point.Start, len(columns)-1, console.Decimal(float64(point.FreshAuthors), 0))
		}
	}
	for i := range a.Readings {
		g := &a.Readings[i]
		columns = append(columns, right(strings.ToUpper(printable(g.Unit))+" "+printable(g.Platform+" "+g.List)))
		for _, r := range g.Points {
			put(r.Start, len(columns)-1, console.Decimal(float64(r.Value), decimalsOf(float64(r.Value))))
		}
	}
	if len(cells) == 0 {
		b.WriteString("Nothing was counted in this range.\n")
		return
	}
	b.WriteByte('\n')
	t := on.table(columns...)
	for _, start := range slices.SortedFunc(maps.Keys(cells), time.Time.Compare) {
		line := make([]string, len(columns))
		line[0] = stepText(a.Step, start)
		for c := 1; c < len(line); c++ {
			line[c] = "·"
			if text, ok := cells[start][c]; ok {
				line[c] = text
			}
		}
		t.Row(line...)
	}
	t.AppendTo(b)
	if notes > 0 {
		b.WriteString("\n~ still running; + at least: it was not tracked all the time.\n")
	}
}

func markOf(p *api.Point) string {
	switch {
	case p.AtLeast:
		return "+"
	case p.Partial:
		return "~"
	}
	return ""
}

func stepHead(step string) string {
	if step == "1d" {
		return "DAY (UTC)"
	}
	return "HOUR (UTC)"
}

func stepText(step string, start time.Time) string {
	if step == "1d" {
		return start.UTC().Format("2006-01-02")
	}
	return start.UTC().Format("2006-01-02 15:04")
}

// decimalsOf is how many decimals a reading is worth.
func decimalsOf(x float64) int {
	if x == float64(int64(x)) {
		return 0
	}
	return 2
}

// between writes a range of time.
func between(r api.Span) string {
	return fmt.Sprintf("%s to %s", console.Minute(r.From), console.Minute(r.To))
}
