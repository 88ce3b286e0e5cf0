package misskey

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// newestSpan is where the newest span of ten minutes stands that is over: behind the running one.
const newestSpan = 1

// decode reads the list of trending hashtags. Its error is a [*scrapers.Trouble].
func decode(body []byte) (chart.Page, error) {
	var p chart.Page
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '[' {
		return p, scrapers.NewTrouble(scrapers.SchemaChanged, "the answer is not a list of hashtags, but begins with %.20q", body)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return p, chart.NotJSON(err)
	}
	for i, one := range raw {
		where := fmt.Sprintf("hashtag %d", i)
		var row struct {
			Tag   chart.Text      `json:"tag"`
			Chart json.RawMessage `json:"chart"`
			Users chart.Count     `json:"usersCount"`
		}
		if err := chart.Object(one, &row); err != nil {
			p.Rejected = append(p.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		p.Rows = append(p.Rows, chart.Row{Where: where, Hashtag: string(row.Tag), Rank: i + 1, Values: values(row.Chart, row.Users)})
	}
	p.Items = len(raw)
	return p, nil
}

// values returns how many people used a hashtag: numbers that rise and fall, which compare only
// with others of their kind.
func values(spans json.RawMessage, hour chart.Count) []term.Reading {
	var out []term.Reading
	if all, ok := chart.Elements(spans); ok && len(all) > newestSpan {
		var n chart.Count
		if json.Unmarshal(all[newestSpan], &n) == nil && n.Known {
			out = append(out, term.Reading{Name: "users_10m", Unit: term.UnitIndex, Value: n.N})
		}
	}
	if hour.Known {
		out = append(out, term.Reading{Name: "users_60m", Unit: term.UnitIndex, Value: hour.N})
	}
	return out
}
