package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/term"
)

// mostTrends is the most that the interface gives.
const mostTrends = 20

// trends reads the hashtags that the instance says are trending.
func (in *instance) trends(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
	p := chart.Poll{
		List: in.trendList(), Net: in.net, Decode: decodeTrends,
		Request: fetch.Request{
			URL: in.base + "/api/v1/trends/tags?limit=" + strconv.Itoa(mostTrends), Accept: []string{"application/json"}, MaxBytes: 1 << 20, API: true,
		},
	}
	return p.Ask(ctx, t)
}

func (in *instance) trendList() chart.List {
	return chart.List{Platform: name, Name: "trends/tags/" + in.host}
}

// decodeTrends reads the list of trending hashtags. What the newest day of each has so far are
// totals, which begin anew at midnight: a fall of a total is a reset, not news. A hashtag
// without a history has its place alone.
func decodeTrends(body []byte) (chart.Page, error) {
	var p chart.Page
	raw, err := list(body, "a list of hashtags")
	if err != nil {
		return p, err
	}
	for i, one := range raw {
		where := fmt.Sprintf("hashtag %d", i)
		var tag struct {
			Name    chart.Text      `json:"name"`
			History json.RawMessage `json:"history"`
		}
		if err := chart.Object(one, &tag); err != nil {
			p.Rejected = append(p.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		p.Rows = append(p.Rows, chart.Row{Where: where, Hashtag: string(tag.Name), Rank: i + 1, Values: today(tag.History)})
	}
	p.Items = len(raw)
	return p, nil
}

// today returns the uses and accounts of the newest day of a history.
func today(history json.RawMessage) []term.Reading {
	type day struct {
		Day      chart.Count `json:"day"`
		Uses     chart.Count `json:"uses"`
		Accounts chart.Count `json:"accounts"`
	}
	raw, _ := chart.Elements(history)
	var newest day
	for _, one := range raw {
		var d day
		if json.Unmarshal(one, &d) == nil && d.Day.Known && (!newest.Day.Known || d.Day.N > newest.Day.N) {
			newest = d
		}
	}
	var out []term.Reading
	if newest.Uses.Known {
		out = append(out, term.Reading{Name: "uses", Unit: term.UnitTotal, Value: newest.Uses.N})
	}
	if newest.Accounts.Known {
		out = append(out, term.Reading{Name: "accounts", Unit: term.UnitTotal, Value: newest.Accounts.N})
	}
	return out
}
