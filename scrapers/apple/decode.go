package apple

import (
	"encoding/json"
	"fmt"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/lists"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of the RSS builder.
func decode(body []byte) (lists.Page, error) {
	var doc struct {
		Feed struct {
			Updated lists.Text      `json:"updated"`
			Results json.RawMessage `json:"results"`
		} `json:"feed"`
	}
	if err := lists.Object(body, &doc); err != nil {
		return lists.Page{}, lists.NotJSON(err)
	}
	songs, ok := lists.Elements(doc.Feed.Results)
	if !ok {
		return lists.Page{}, lists.Missing("feed.results")
	}
	page := lists.Page{Stamp: string(doc.Feed.Updated)}
	for i, raw := range songs {
		where := fmt.Sprintf("feed.results[%d]", i)
		var song struct {
			ID     lists.Text `json:"id"`
			Name   lists.Text `json:"name"`
			Artist lists.Text `json:"artistName"`
			URL    lists.Text `json:"url"`
			Genres lists.Soft[[]struct {
				Name lists.Text `json:"name"`
			}] `json:"genres"`
		}
		if err := lists.Object(raw, &song); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		row := lists.Row{
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
	Label lists.Text `json:"label"`
}

// decodeClassic reads a list of the iTunes store.
func decodeClassic(body []byte) (lists.Page, error) {
	var doc struct {
		Feed struct {
			Updated label           `json:"updated"`
			Entry   json.RawMessage `json:"entry"`
		} `json:"feed"`
	}
	if err := lists.Object(body, &doc); err != nil {
		return lists.Page{}, lists.NotJSON(err)
	}
	songs, ok := lists.Elements(doc.Feed.Entry)
	if !ok {
		return lists.Page{}, lists.Missing("feed.entry")
	}
	page := lists.Page{Stamp: string(doc.Feed.Updated.Label)}
	for i, raw := range songs {
		where := fmt.Sprintf("feed.entry[%d]", i)
		var song struct {
			Name   label             `json:"im:name"`
			Artist lists.Soft[label] `json:"im:artist"`
			ID     struct {
				Label      lists.Text `json:"label"` // the song's page
				Attributes struct {
					ID lists.Text `json:"im:id"`
				} `json:"attributes"`
			} `json:"id"`
			Category lists.Soft[struct {
				Attributes label `json:"attributes"`
			}] `json:"category"`
		}
		if err := lists.Object(raw, &song); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		page.Rows = append(page.Rows, lists.Row{
			Where: where, Rank: i + 1, Link: string(song.ID.Label), Category: string(song.Category.V.Attributes.Label),
			Sound: &term.SoundRef{ID: string(song.ID.Attributes.ID), Title: string(song.Name.Label), Artist: string(song.Artist.V.Label)},
		})
	}
	return page, nil
}
