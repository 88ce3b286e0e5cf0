package googletrends

import (
	"errors"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/term"
)

// decode reads a list of trending searches. Its error is a [*scrapers.Trouble].
func decode(body []byte) (chart.Page, error) {
	var p chart.Page
	f, err := entries.Parse(body)
	if err != nil {
		return p, err
	}
	p.Items = f.Items
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.Title == "" {
			p.Rejected = append(p.Rejected, scrapers.Reject{Where: e.Where, Why: errors.New("its title is missing")})
			continue
		}
		values := []term.Reading{{Name: "position", Unit: term.UnitIndex, Value: float64(i + 1)}}
		traffic, _, _ := e.Ext("approx_traffic")
		if n, ok := lowerBound(traffic); ok {
			values = append(values, term.Reading{Name: "searches", Unit: term.UnitBucket, Value: n})
		}
		p.Rows = append(p.Rows, chart.Row{Where: e.Where, Keyword: e.Title, Values: values})
	}
	return p, nil
}
