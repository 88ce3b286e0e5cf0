package listenbrainz

import (
	"encoding/json"
	"fmt"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of recordings. Its stamp has the range's beginning beside the time it was made:
// with the next range the list is another one.
func decode(body []byte, running bool) (chart.Page, error) {
	var doc struct {
		Payload struct {
			Recordings json.RawMessage `json:"recordings"`
			Updated    chart.Text      `json:"last_updated"`
			From       chart.Text      `json:"from_ts"`
		} `json:"payload"`
	}
	if err := chart.Object(body, &doc); err != nil {
		return chart.Page{}, chart.NotJSON(err)
	}
	recordings, ok := chart.Elements(doc.Payload.Recordings)
	if !ok {
		return chart.Page{}, chart.Missing("payload.recordings")
	}
	var page chart.Page
	if doc.Payload.Updated != "" {
		page.Stamp = string(doc.Payload.Updated + " from " + doc.Payload.From)
	}
	for i, raw := range recordings {
		where := fmt.Sprintf("payload.recordings[%d]", i)
		var rec struct {
			MBID    chart.Text  `json:"recording_mbid"`
			Track   chart.Text  `json:"track_name"`
			Artist  chart.Text  `json:"artist_name"`
			Listens chart.Count `json:"listen_count"`
		}
		if err := chart.Object(raw, &rec); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		row := chart.Row{
			Where: where, Rank: i + 1,
			Sound: &term.SoundRef{MBID: string(rec.MBID), Title: string(rec.Track), Artist: string(rec.Artist)},
		}
		if rec.Listens.Known {
			v := term.Reading{Name: "listens", Unit: term.UnitTotal, Value: rec.Listens.N}
			if !running {
				v.Name, v.Unit = "listens_of_range", term.UnitIndex
			}
			row.Values = []term.Reading{v}
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}
