package serve

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers"
)

// TestCoverageAgainstModel compares what is said of any time with a count of its panes.
func TestCoverageAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const panes = 40
		v := &engine.View{From: 1000 * detect.PaneSeconds, AsOf: (1000 + panes) * detect.PaneSeconds}
		seen := map[string][]bool{} // of each pane
		for _, name := range []string{"a", "b", "c"} {
			since := rapid.IntRange(-5, panes).Draw(rt, "since")
			was := rapid.SliceOfN(rapid.Bool(), panes, panes).Draw(rt, "seen")
			p := engine.Platform{Name: name, Since: v.From + int64(since)*detect.PaneSeconds}
			for i := 0; i < panes; i++ {
				if was[i] || i < since {
					continue
				}
				begin := v.From + int64(i)*detect.PaneSeconds
				if n := len(p.Missing); n > 0 && p.Missing[n-1].To == begin {
					p.Missing[n-1].To += detect.PaneSeconds
				} else {
					p.Missing = append(p.Missing, engine.Gap{From: begin, To: begin + detect.PaneSeconds})
				}
			}
			v.Platforms = append(v.Platforms, p)
			seen[name] = was
		}
		from := rapid.IntRange(-3, panes+3).Draw(rt, "from")
		to := rapid.IntRange(-3, panes+3).Draw(rt, "to")
		asked := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "d"}), rapid.ID[string]).Draw(rt, "asked")
		got := newServer(t, Options{Source: &fixed{view: *v}, Nonce: "test"}).
			coverage(v, v.From+int64(from)*detect.PaneSeconds, v.From+int64(to)*detect.PaneSeconds, true, asked...)
		early := from < 0 // what was missing then is not known
		from, to = max(from, 0), min(to, panes)
		if from >= to {
			if got != nil {
				rt.Fatalf("%+v of no time", got)
			}
			return
		}
		least, rowsWanted, unknown := math.NaN(), 0, false
		rows := got.Platforms
		for _, p := range v.Platforms {
			first := max(from, int(p.Since-v.From)/detect.PaneSeconds)
			if first >= to || len(asked) > 0 && !slices.Contains(asked, p.Name) {
				continue
			}
			n := 0
			for i := first; i < to; i++ {
				if seen[p.Name][i] {
					n++
				}
			}
			share := float64(n) / float64(to-first)
			rowsWanted++
			if early && p.Since < v.From {
				share, unknown = math.NaN(), true
			} else if least != least || share < least {
				least = share
			}
			if len(rows) == 0 {
				rt.Fatalf("%s is missing in %+v", p.Name, got)
			}
			row := rows[0]
			rows = rows[1:]
			if row.Platform != p.Name || !(math.Abs(float64(row.Share)-share) <= 1e-4 || share != share && row.Share != row.Share) || row.Since.Unix() != v.From+int64(first)*detect.PaneSeconds {
				rt.Fatalf("%+v, want %s %v", row, p.Name, share)
			}
			lost := time.Duration(0)
			for i, gap := range row.Missing {
				if !gap.From.Before(gap.To) || i > 0 && !row.Missing[i-1].To.Before(gap.From) {
					rt.Fatalf("missing is %v", row.Missing)
				}
				lost += gap.To.Sub(gap.From)
			}
			if lost != time.Duration(to-first-n)*detect.PaneSeconds*time.Second {
				rt.Fatalf("%v is missing of %v", lost, row)
			}
		}
		if unknown {
			least = math.NaN()
		}
		if len(got.Platforms) != rowsWanted || len(rows) > 0 || len(got.Sources) > 0 || !(math.Abs(float64(got.Share)-least) <= 1e-4 || least != least && got.Share != got.Share) {
			rt.Fatalf("%+v, want the least share %v", got, least)
		}
	})
}

// A view from before it was kept does not say that all was seen.
func TestCoverageOfOldViews(t *testing.T) {
	source := fixedSource()
	source.view.Platforms[2].Since, source.view.Platforms[2].Missing = 0, nil
	opt := fixedOptions(t)
	opt.Source = source
	s := newServer(t, opt)
	got := s.coverage(&source.view, source.view.From, source.view.AsOf, true)
	if got.Share == got.Share || got.Platforms[2].Share == got.Platforms[2].Share || got.Platforms[0].Share != api.Rounded(1-4*3600/float64(source.view.AsOf-source.view.From)) {
		t.Errorf("got %+v", got)
	}
}

func TestCoverageOfSources(t *testing.T) {
	opt := fixedOptions(t)
	now, asked := opt.Clock(), 0
	opt.Clock = func() time.Time { return now }
	opt.Sources = func() []scrapers.Health { asked++; return fixedHealth() }
	s := newServer(t, opt)
	v := s.opt.Source.View()
	names := func(past bool, platforms ...string) string {
		out := ""
		for _, c := range s.coverage(v, v.From, v.AsOf, past, platforms...).Sources {
			out += fmt.Sprintf("%s %s %g ", c.Source, c.State, c.Share)
		}
		return out
	}
	for _, c := range []struct {
		got, want string
	}{
		{names(false), "bluesky ok 0.99 tiktok blocked 0.25 "},
		{names(false, "tiktok", "x"), "tiktok blocked 0.25 "},
		{names(false, "x"), ""},
		{names(true), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if asked != 1 {
		t.Errorf("the sources were asked %d times within a second", asked)
	}
	now = now.Add(time.Second)
	if names(false); asked != 2 {
		t.Errorf("the sources were not asked again")
	}
}
