package wikipedia

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of the most viewed pages. Its articles are numbered anew: the places of main
// pages and searches are not theirs to be overtaken by.
func decode(body []byte, project string, skip []string) (chart.Page, error) {
	var doc struct {
		Items []struct {
			Articles json.RawMessage `json:"articles"`
		} `json:"items"`
	}
	if err := chart.Object(body, &doc); err != nil {
		return chart.Page{}, chart.NotJSON(err)
	}
	if len(doc.Items) == 0 {
		return chart.Page{}, chart.Missing("items[0]")
	}
	articles, ok := chart.Elements(doc.Items[0].Articles)
	if !ok {
		return chart.Page{}, chart.Missing("items[0].articles")
	}
	page := chart.Page{Items: len(articles)}
	drop := newDropper(skip)
	for i, raw := range articles {
		where := fmt.Sprintf("items[0].articles[%d]", i)
		var a struct {
			Article chart.Text  `json:"article"`
			Views   chart.Count `json:"views"`
		}
		if err := chart.Object(raw, &a); err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where, Why: err})
			continue
		}
		title := string(a.Article)
		if title == "" {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: where + ".article", Why: errors.New("it is missing")})
			continue
		}
		if drop.drops(title) {
			continue
		}
		row := chart.Row{
			Where: where, Keyword: strings.ReplaceAll(title, "_", " "), Rank: len(page.Rows) + 1,
			Link: "https://" + project + ".org/wiki/" + url.PathEscape(strings.ReplaceAll(title, " ", "_")),
		}
		if a.Views.Known {
			row.Values = []term.Reading{{Name: "views_day", Unit: term.UnitIndex, Value: a.Views.N}}
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}
