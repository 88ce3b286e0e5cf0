package tiktok

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/term"
)

// reading is what a page says.
type reading struct {
	list     chart.List
	rows     []chart.Row
	rejected []scrapers.Reject
	items    int
	stamp    uint64 // of a list that may be the same as before; 0: a running counter
}

// errNoNumbers is a page that has no numbers in it, though nothing is wrong with it.
var errNoNumbers = errors.New("the page has no numbers in it")

// The scripts that pages have their data in.
const (
	scriptRehydration = "__UNIVERSAL_DATA_FOR_REHYDRATION__"
	scriptSigi        = "SIGI_STATE" // of older pages
	scriptNext        = "__NEXT_DATA__"
)

// scope returns the part of a page's data that is about what was asked for: of a newer page under
// its name, of an older one under the name of a part of its state.
func scope(p *fetch.Page, name, older string) (json.RawMessage, error) {
	if text, ok := p.Script(scriptRehydration); ok {
		var doc struct {
			Scope map[string]json.RawMessage `json:"__DEFAULT_SCOPE__"`
		}
		if err := chart.Object([]byte(text), &doc); err != nil {
			return nil, chart.NotJSON(err)
		}
		if doc.Scope == nil {
			return nil, chart.Missing("__DEFAULT_SCOPE__")
		}
		if raw := doc.Scope[name]; present(raw) {
			return raw, nil
		}
	}
	if text, ok := p.Script(scriptSigi); ok {
		var doc map[string]json.RawMessage
		if err := chart.Object([]byte(text), &doc); err != nil {
			return nil, chart.NotJSON(err)
		}
		if raw := doc[older]; present(raw) {
			return raw, nil
		}
	}
	return nil, errNoNumbers
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// stats are the numbers of a hashtag or a sound. Each may be a number, a string of one, or
// shortened for people.
type stats struct {
	VideoCount figure `json:"videoCount"`
	ViewCount  figure `json:"viewCount"`
}

// values returns the readings of the newer stats, and of the older ones where they are missing there: totals
// where they are exact, else a lower bound under a name of its own. They are never mixed: what is exact now
// and rounded then would look like growth. The newer stats are exact; the older ones are rounded on some pages
// and not on others, and nothing says so but the numbers themselves. A zero would look like growth
// too: a page that exists is about something, and a zero on it is a number that was not there.
func values(newer, older stats) []term.Reading {
	older = stats{VideoCount: older.VideoCount.doubted(), ViewCount: older.ViewCount.doubted()}
	of := [...]stats{newer, older}
	var out []term.Reading
	add := func(name string, pick func(stats) figure) {
		for _, s := range of {
			if f := pick(s); f.exact && f.n > 0 {
				out = append(out, term.Reading{Name: name, Unit: term.UnitTotal, Value: f.n})
				return
			}
		}
		for _, s := range of {
			if f := pick(s); f.known && f.n > 0 {
				out = append(out, term.Reading{Name: name + "_at_least", Unit: term.UnitBucket, Value: f.n})
				return
			}
		}
	}
	add("videos", func(s stats) figure { return s.VideoCount })
	add("views", func(s stats) figure { return s.ViewCount })
	return out
}

// unnumbered is the error of a page whose stats give no number: they are zero, or not there.
func unnumbered(path string, of ...stats) error {
	for _, s := range of {
		if s.VideoCount.known || s.ViewCount.known {
			return errNoNumbers
		}
	}
	return chart.Missing(path)
}

// readTag reads the page of a hashtag.
func readTag(p *fetch.Page, tag string) (reading, error) {
	raw, err := scope(p, "webapp.challenge-detail", "ChallengePage")
	if err != nil {
		return reading{}, err
	}
	var doc struct {
		Status chart.Count `json:"statusCode"`
		Info   struct {
			Challenge chart.Soft[struct {
				Title chart.Text `json:"title"`
			}] `json:"challenge"`
			Stats   chart.Soft[stats] `json:"stats"`
			StatsV2 chart.Soft[stats] `json:"statsV2"`
		} `json:"challengeInfo"`
	}
	if err := chart.Object(raw, &doc); err != nil {
		return reading{}, chart.NotJSON(err)
	}
	got := reading{list: chart.List{Platform: name, Name: "tag-pages"}, items: 1}
	if code := doc.Status.Whole(); code != 0 {
		return got.reject("tag/"+tag, fmt.Errorf("TikTok says %d of it: there is no such hashtag, or it is not shown", code)), nil
	}
	numbers := values(doc.Info.StatsV2.V, doc.Info.Stats.V)
	if len(numbers) == 0 {
		return reading{}, unnumbered("challengeInfo.stats", doc.Info.StatsV2.V, doc.Info.Stats.V)
	}
	title := string(doc.Info.Challenge.V.Title)
	if title == "" {
		title = tag
	}
	if term.KeyOf(term.Hashtag, title) != term.KeyOf(term.Hashtag, tag) {
		return got.reject("tag/"+tag, fmt.Errorf("its page is about %.80q", title)), nil
	}
	got.rows = []chart.Row{{Where: "challengeInfo", Hashtag: title, Values: numbers}}
	return got, nil
}

// readSound reads the page of a sound.
func readSound(p *fetch.Page, id string) (reading, error) {
	raw, err := scope(p, "webapp.music-detail", "MusicPage")
	if err != nil {
		return reading{}, err
	}
	var doc struct {
		Status chart.Count `json:"statusCode"`
		Info   struct {
			Music chart.Soft[struct {
				ID     chart.Text `json:"id"`
				Title  chart.Text `json:"title"`
				Author chart.Text `json:"authorName"`
			}] `json:"music"`
			Stats   chart.Soft[stats] `json:"stats"`
			StatsV2 chart.Soft[stats] `json:"statsV2"`
		} `json:"musicInfo"`
	}
	if err := chart.Object(raw, &doc); err != nil {
		return reading{}, chart.NotJSON(err)
	}
	got := reading{list: chart.List{Platform: name, Name: "sound-pages"}, items: 1}
	if code := doc.Status.Whole(); code != 0 {
		return got.reject("music/"+id, fmt.Errorf("TikTok says %d of it: there is no such sound, or it is not shown", code)), nil
	}
	numbers := values(doc.Info.StatsV2.V, doc.Info.Stats.V)
	if len(numbers) == 0 {
		return reading{}, unnumbered("musicInfo.stats", doc.Info.StatsV2.V, doc.Info.Stats.V)
	}
	music := doc.Info.Music.V
	if music.ID != "" && string(music.ID) != id {
		return got.reject("music/"+id, fmt.Errorf("its page is about the sound %.40q", string(music.ID))), nil
	}
	got.rows = []chart.Row{{
		Where: "musicInfo", Values: numbers,
		Sound: &term.SoundRef{ID: id, Title: string(music.Title), Artist: strings.TrimSpace(string(music.Author))},
	}}
	return got, nil
}

func (r reading) reject(where string, why error) reading {
	r.rejected = append(r.rejected, scrapers.Reject{Where: where, Why: why})
	return r
}
