package deezer

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of tracks, or the error that came in its place.
func decode(body []byte) (chart.Page, error) {
	var doc struct {
		Error json.RawMessage `json:"error"`
		Data  json.RawMessage `json:"data"`
	}
	if err := chart.Object(body, &doc); err != nil {
		return chart.Page{}, chart.NotJSON(err)
	}
	if len(doc.Error) > 0 && doc.Error[0] == '{' {
		return chart.Page{}, refusal(doc.Error)
	}
	tracks, ok := chart.Elements(doc.Data)
	if !ok {
		return chart.Page{}, chart.Missing("data")
	}
	var page chart.Page
	for i, raw := range tracks {
		where := fmt.Sprintf("data[%d]", i)
		var track struct {
			ID       chart.Text  `json:"id"`
			ISRC     chart.Text  `json:"isrc"`
			Title    chart.Text  `json:"title"`
			Link     chart.Text  `json:"link"`
			Rank     chart.Count `json:"rank"` // how popular it is, not its place
			Position chart.Count `json:"position"`
			Artist   chart.Soft[struct {
				Name chart.Text `json:"name"`
			}] `json:"artist"`
		}
		if err := chart.Object(raw, &track); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		row := chart.Row{
			Where: where, Rank: i + 1, Link: string(track.Link),
			Sound: &term.SoundRef{
				ID: string(track.ID), ISRC: string(track.ISRC), Title: string(track.Title), Artist: string(track.Artist.V.Name),
			},
		}
		if place := track.Position.Whole(); place > 0 {
			row.Rank = place
		}
		if track.Rank.Known {
			row.Values = []term.Reading{{Name: "popularity", Unit: term.UnitIndex, Value: track.Rank.N}}
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// The codes of Deezer's errors, from its documentation for developers.
const (
	codeQuota      = 4
	codePermission = 200
	codeToken      = 300
	codeBusy       = 700
	codeNotFound   = 800
)

// rest is how long Deezer is left alone that is asked too often; its quota is one of seconds.
const rest = time.Minute

// refusal returns the trouble that an error of Deezer's stands for.
func refusal(raw []byte) error {
	var e struct {
		Type    chart.Text  `json:"type"`
		Message chart.Text  `json:"message"`
		Code    chart.Count `json:"code"`
	}
	if err := chart.Object(raw, &e); err != nil {
		return chart.Missing("data")
	}
	t := scrapers.NewTrouble(scrapers.SchemaChanged, "it answers with the error %d, %.80q: %.200q", e.Code.Whole(), string(e.Type), string(e.Message))
	switch e.Code.Whole() {
	case codeQuota:
		t.State, t.After = scrapers.Throttled, rest
	case codeBusy:
		t.State = scrapers.Unreachable
	case codePermission, codeToken:
		t.State = scrapers.LoginWall
	case codeNotFound:
		t.State = scrapers.Unreachable
		t.Why += "; is the number of the genre or playlist right?"
	}
	return t
}
