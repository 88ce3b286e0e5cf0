package chart

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// List is what the rows of a list have in common.
type List struct {
	Platform string // "apple": lower case
	Name     string // stable, with what it is a list of: "most-played/us"
	Lang     string // BCP 47, or empty
	Region   string // ISO 3166, or empty
}

// Row is a place in a list. One of Sound, Keyword and Hashtag says what of.
type Row struct {
	Where    string // position in the input, for people: "feed.results[3]"
	Sound    *term.SoundRef
	Keyword  string
	Hashtag  string
	Category string // the list's own, or empty
	Link     string // to its page, or empty
	Rank     int    // 1 is the top; 0: it has none
	Values   []term.Reading
}

// Page is a list as it was read once.
type Page struct {
	Rows     []Row
	Rejected []scrapers.Reject
	// Items is how many rows there were, those included that are left out on purpose. 0: as
	// many as Rows and Rejected.
	Items int
	// Stamp says which version of the list it is, by the list's own word; empty: it has none.
	Stamp string
}

// ErrUnnamed is why a row is rejected that does not say what it is a place of.
var ErrUnnamed = errors.New("it names nothing that could be counted")

// Records returns the readings of a page at a time, one for each term in it: where a term
// comes twice the first row stands. Rows without a number or a name are rejected.
func (l List) Records(at time.Time, rows []Row) (records []term.Record, rejected []scrapers.Reject) {
	seen := make(map[term.Term]bool, len(rows))
	for i := range rows {
		row := &rows[i]
		rec, err := l.record(at, row)
		if err != nil {
			rejected = append(rejected, scrapers.Reject{Where: row.Where, Why: err})
			continue
		}
		if key := (term.Term{Kind: rec.Gauge.Term.Kind, Key: rec.Gauge.Term.Key}); !seen[key] {
			seen[key] = true
			records = append(records, rec)
		}
	}
	return records, rejected
}

func (l List) record(at time.Time, row *Row) (term.Record, error) {
	t, ok := row.term(l.Platform)
	if !ok {
		return term.Record{}, ErrUnnamed
	}
	rec := term.Record{
		TS: at.UnixMicro(), Platform: l.Platform, Lang: l.Lang, Region: l.Region,
		Gauge: &term.Gauge{List: l.Name, Category: row.Category, Term: t, Values: row.values()},
	}
	if row.Link != "" {
		rec.Links = []string{row.Link}
	}
	if len(rec.Gauge.Values) == 0 {
		return rec, fmt.Errorf("%q has neither a place nor a number", t.Display)
	}
	return rec, scrapers.Fit(&rec)
}

// term returns what the row is a place of.
func (r *Row) term(platform string) (term.Term, bool) {
	if r.Sound != nil {
		ref := term.SoundRef{
			ID: clip(r.Sound.ID), ISRC: clip(r.Sound.ISRC), MBID: clip(r.Sound.MBID),
			Title: clip(r.Sound.Title), Artist: clip(r.Sound.Artist),
		}
		return term.SoundTerm(platform, ref)
	}
	kind, text := term.Keyword, r.Keyword
	if r.Hashtag != "" {
		kind, text = term.Hashtag, r.Hashtag
	}
	t := term.Term{Kind: kind, Display: strings.TrimSpace(clip(text))}
	t.Key = term.KeyOf(kind, t.Display)
	return t, t.Key != ""
}

// values returns the row's readings.
func (r *Row) values() []term.Reading {
	if r.Rank <= 0 {
		return r.Values
	}
	return append(slices.Clone(r.Values), term.Reading{Name: "rank", Unit: term.UnitRank, Value: float64(r.Rank)})
}

// clip cuts a name to what a record takes, valid UTF-8.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= term.MaxFieldBytes {
		return s
	}
	end := term.MaxFieldBytes
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
