package main

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
)

// solo is the shape of a bot that is one person.
const solo = "one person"

// nameSolos tells those bots of which no day had more than one author.
func nameSolos(t *trace.Trace, set truth.Set) {
	bots := map[known]*truth.Row{}
	for i := range set.Rows {
		if r := &set.Rows[i]; r.Type == truth.Bot {
			bots[known{r.Kind, r.Platform, r.Key}] = r
		}
	}
	byTerm := make([]*truth.Row, len(t.Terms))
	for i := range t.Terms {
		x := &t.Terms[i]
		byTerm[i] = bots[known{x.Kind, t.Platforms[x.Platform], x.Key}]
	}
	type rowDay struct {
		row *truth.Row
		day int64
	}
	authors, crowded := map[rowDay]uint32{}, map[*truth.Row]bool{}
	for i, cells := range t.Panes {
		for j := range cells {
			if r := byTerm[cells[j].Term]; r != nil {
				day := rowDay{r, detect.DayOf(t.First + int64(i))}
				authors[day] += cells[j].Day
				crowded[r] = crowded[r] || authors[day] > 1
			}
		}
	}
	for _, r := range bots {
		if !crowded[r] {
			r.Shape = solo
		}
	}
}
