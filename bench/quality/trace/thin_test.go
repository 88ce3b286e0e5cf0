package trace

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/swell-radar/swell/term"
)

func TestThin(t *testing.T) {
	const (
		start = 20_000 * 86400 // Unix seconds
		hour  = 3600
		day   = 24 * hour
		long  = "the same long words "
	)
	type post struct {
		at             int64 // seconds
		author, text   string
		repost, isThin bool
	}
	for name, posts := range map[string][]post{
		"everybody is new at first":        {{0, "a", "", false, false}, {2 * day, "b", "", false, false}},
		"a newcomer's first post":          {{0, "a", "", false, false}, {3 * day, "b", "", false, true}, {3*day + 1, "b", "", false, false}},
		"known since the first days":       {{0, "a", "", false, false}, {4 * day, "a", "", false, false}},
		"gone for two weeks":               {{0, "a", "", false, false}, {14 * day, "a", "", false, true}},
		"away for less":                    {{0, "a", "", false, false}, {13 * day, "a", "", false, false}, {26 * day, "a", "", false, false}},
		"nobody's name is no newcomer":     {{0, "", "", false, false}, {5 * day, "", "", false, false}},
		"a repost by a newcomer":           {{0, "a", "", false, false}, {4 * day, "b", "", true, true}},
		"an echo":                          {{0, "a", long, false, false}, {60, "b", "The SAME, long words: 7 @x http://z.zz/1", false, true}},
		"one's own words":                  {{0, "a", long, false, false}, {60, "a", long, false, false}},
		"echoes of echoes":                 {{0, "a", long, false, false}, {60, "b", long, false, true}, {61, "b", long, false, false}, {62, "a", long, false, true}},
		"a repost is no echo":              {{0, "a", long, false, false}, {60, "b", long, true, false}},
		"nor teaches one":                  {{0, "a", long, true, false}, {60, "b", long, false, false}},
		"after some hours":                 {{0, "a", long, false, false}, {6 * hour, "b", long, false, false}},
		"too short":                        {{0, "a", "good morning", false, false}, {60, "b", "good morning", false, false}},
		"other words":                      {{0, "a", long, false, false}, {60, "b", long + "and more", false, false}},
		"nobody's names are all different": {{0, "", long, false, false}, {60, "", long, false, true}},
	} {
		b := NewBuilder(name)
		var want uint32
		for at := int64(0); at < 30*day; at += hour {
			posts = append(posts, post{at, "regular", "", false, false})
		}
		slices.SortStableFunc(posts, func(a, b post) int { return cmp.Compare(a.at, b.at) })
		for i, p := range posts {
			if p.isThin {
				want++
			}
			b.Add(&term.Record{
				TS: (start + p.at) * 1e6, Platform: "x", ID: fmt.Sprint(i), Author: p.author, Text: p.text, Repost: p.repost, Tags: []string{"tag"},
			})
		}
		var got uint32
		for _, cells := range b.Trace().Panes {
			for _, c := range cells {
				got += c.Thin
				if c.Thin > c.Posts {
					t.Errorf("%s: %d of %d posts are thin", name, c.Thin, c.Posts)
				}
			}
		}
		if got != want {
			t.Errorf("%s: %d posts are thin, want %d", name, got, want)
		}
	}
}

// Platforms know nothing of each other, and what no term is in teaches no text.
func TestThinApart(t *testing.T) {
	b := NewBuilder("")
	for i, p := range []struct{ platform, author, tag string }{{"x", "a", "t"}, {"y", "b", "t"}, {"z", "a", ""}, {"z", "b", "t"}} {
		rec := &term.Record{TS: int64(i) * 1e6, Platform: p.platform, Author: p.author, Text: "the same long words"}
		if p.tag != "" {
			rec.Tags = []string{p.tag}
		}
		b.Add(rec)
	}
	for _, c := range b.Trace().Panes[0] {
		if c.Thin != 0 {
			t.Errorf("term %d has %d thin posts", c.Term, c.Thin)
		}
	}
}
