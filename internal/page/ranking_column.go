package page

import (
	"html/template"
	"slices"
)

// column is the head of a column.
type column struct {
	Label, Help string
	Link        string // to sort by it; empty: that is not possible
	On          bool   // it is sorted by
	Num         bool
}

// Column returns the head of a column that is sorted by under that name.
func (b *rankingBody) Column(sort, label, help string) column {
	c := column{Label: label, Help: help, Num: slices.Contains([]string{"authors", "growth"}, sort)}
	if sort != "" {
		c.Link, c.On = b.Query.With("sort", sort), b.Query.One("sort") == sort
	}
	return c
}

// SeenWords says since when posts are counted; empty: that is not known.
func (b *rankingBody) SeenWords() template.HTML {
	if b.AsOf == nil || b.Seen <= 0 {
		return ""
	}
	return b.V.At(b.AsOf.Add(-b.Seen))
}

// Advanced reports whether a filter is on that is one click deeper.
func (q *rankingQuery) Advanced() bool {
	return slices.ContainsFunc([]string{"min_confidence", "window", "watch", "lang", "region", "at", "confirmed"}, func(name string) bool { return q.values.Has(name) })
}

// Turned is the address of the rows behind a cursor.
func (q *rankingQuery) Turned(cursor string) string { return q.link(q.asked("cursor", cursor)) }

// facetWord is what a value of a facet is called.
func facetWord(facet, value string) string {
	_, words := filterWords(facet, value)
	return words
}
