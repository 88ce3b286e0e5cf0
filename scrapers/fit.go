package scrapers

import (
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// Fit gives a record the form that a [term.Decoder] would give it, so that it is one that
// Swell takes: numbers sorted by name, bytes that are not UTF-8 replaced, its strings its own.
// Names and texts that are too long are cut, lists freed of what is empty or too long, the
// language and region left out. The error says what a record cannot be without: an ID that is not
// longer than [term.MaxFieldBytes], a time from 1990 to 2100, something to count
// ([term.ErrNothingToCount], for posts without a word).
//
// It costs an encoding and a decoding, some microseconds: for polls, not for streams.
func Fit(rec *term.Record) error {
	rec.Author, rec.Group = clip(rec.Author, term.MaxFieldBytes), clip(rec.Group, term.MaxFieldBytes)
	rec.Text = clip(rec.Text, term.MaxTextBytes)
	rec.Lang, rec.Region = short(rec.Lang), short(rec.Region)
	rec.Tags = shortOnes(rec.Tags, term.MaxFieldBytes)
	rec.Keywords = shortOnes(rec.Keywords, term.MaxFieldBytes)
	rec.Mentions = shortOnes(rec.Mentions, term.MaxFieldBytes)
	rec.Links = shortOnes(rec.Links, term.MaxLinkBytes)
	if g := rec.Gauge; g != nil {
		g.Category = clip(g.Category, term.MaxFieldBytes)
		g.Term.Display = clip(g.Term.Display, term.MaxFieldBytes)
	}
	var d term.Decoder
	var fitting term.Record
	if err := d.Decode(term.AppendRecord(nil, rec), &fitting); err != nil {
		return err
	}
	fitting.Own()
	*rec = fitting
	return nil
}

// clip cuts s at the border of a rune. What replaces a byte that is not UTF-8 takes three.
func clip(s string, limit int) string {
	if !utf8.ValidString(s) {
		limit /= len("\uFFFD")
	}
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func short(s string) string {
	if len(s) > 64 || !utf8.ValidString(s) {
		return ""
	}
	return s
}

func shortOnes(list []string, limit int) []string {
	kept := list[:0]
	for _, s := range list {
		if clip(s, limit) == s {
			kept = append(kept, s)
		}
	}
	return kept
}
