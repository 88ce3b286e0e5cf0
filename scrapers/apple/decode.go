package apple

import (
	"encoding/json"
	"fmt"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of the RSS builder.
func decode(body []byte) (chart.Page, error) {
	var doc struct {
		Feed struct {
			Updated chart.Text      `json:"updated"`
			Results json.RawMessage `json:"results"`
		} `json:"feed"`
	}
	if err := chart.Object(body, &doc); err != nil {
		return chart.Page{}, chart.NotJSON(err)
	}
	songs, ok := chart.Elements(doc.Feed.Results)
	if !ok {
		return chart.Page{}, chart.Missing("feed.results")
	}
	page := chart.Page{Stamp: string(doc.Feed.Updated)}
	for i, raw := range songs {
		where := fmt.Sprintf("feed.results[%d]", i)
		var song struct {
			ID     chart.Text `json:"id"`
			Name   chart.Text `json:"name"`
			Artist chart.Text `json:"artistName"`
			URL    chart.Text `json:"url"`
			Genres chart.Soft[[]struct {
				Name chart.Text `json:"name"`
			}] `json:"genres"`
		}
		if err := chart.Object(raw, &song); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		row := chart.Row{
			Where: where, Rank: i + 1, Link: string(song.URL),
			Sound: &term.SoundRef{ID: string(song.ID), Title: string(song.Name), Artist: string(song.Artist)},
		}
		if genres := song.Genres.V; len(genres) > 0 {
			row.Category = string(genres[0].Name)
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// label is how the older list writes every value.
type label struct {
	Label chart.Text `json:"label"`
}

// decodeClassic reads a list of the iTunes store.
func decodeClassic(body []byte) (chart.Page, error) {
	var doc struct {
		Feed struct {
			Updated label           `json:"updated"`
			Entry   json.RawMessage `json:"entry"`
		} `json:"feed"`
	}
	if err := chart.Object(body, &doc); err != nil {
		return chart.Page{}, chart.NotJSON(err)
	}
	songs, ok := chart.Elements(doc.Feed.Entry)
	if !ok {
		return chart.Page{}, chart.Missing("feed.entry")
	}
	page := chart.Page{Stamp: string(doc.Feed.Updated.Label)}
	for i, raw := range songs {
		where := fmt.Sprintf("feed.entry[%d]", i)
		var song struct {
			Name   label             `json:"im:name"`
			Artist chart.Soft[label] `json:"im:artist"`
			ID     struct {
				Label      chart.Text `json:"label"` // the song's page
				Attributes struct {
					ID chart.Text `json:"im:id"`
				} `json:"attributes"`
			} `json:"id"`
			Category chart.Soft[struct {
				Attributes label `json:"attributes"`
			}] `json:"category"`
		}
		if err := chart.Object(raw, &song); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		page.Rows = append(page.Rows, chart.Row{
			Where: where, Rank: i + 1, Link: string(song.ID.Label), Category: string(song.Category.V.Attributes.Label),
			Sound: &term.SoundRef{ID: string(song.ID.Attributes.ID), Title: string(song.Name.Label), Artist: string(song.Artist.V.Label)},
		})
	}
	return page, nil
}
