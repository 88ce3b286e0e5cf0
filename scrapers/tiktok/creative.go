package tiktok

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/term"
)

// entry is a row of a list of Creative Center. Its names are written in two ways.
type entry struct {
	Hashtag   chart.Text       `json:"hashtagName"`
	Hashtag2  chart.Text       `json:"hashtag_name"`
	SongID    chart.Text       `json:"songId"`
	SongID2   chart.Text       `json:"song_id"`
	Title     chart.Text       `json:"title"`
	Author    chart.Text       `json:"author"`
	Rank      chart.Count      `json:"rank"`
	Videos    figure           `json:"publishCnt"`
	Videos2   figure           `json:"publish_cnt"`
	Views     figure           `json:"videoViews"`
	Views2    figure           `json:"video_views"`
	Promoted1 chart.Soft[bool] `json:"isPromoted"`
	Promoted2 chart.Soft[bool] `json:"is_promoted"`
	Promoted3 chart.Soft[bool] `json:"promoted"`
	Country   chart.Soft[struct {
		ID chart.Text `json:"id"`
	}] `json:"countryInfo"`
	Country2 chart.Soft[struct {
		ID chart.Text `json:"id"`
	}] `json:"country_info"`
}

// readList reads a page of Creative Center. Rows that somebody has paid for are left out. Its numbers are
// those of the days that the list is about, no running counts.
func readList(p *fetch.Page, list string) (reading, error) {
	text, ok := p.Script(scriptNext)
	if !ok {
		return reading{}, errNoNumbers
	}
	rows, err := listOf([]byte(text), list)
	if err != nil {
		return reading{}, err
	}
	got := reading{list: chart.List{Platform: name, Name: "creative-center/" + list}, items: len(rows)}
	sum := fnv.New64a()
	for i, raw := range rows {
		_, _ = sum.Write(raw) // never fails
		where := fmt.Sprintf("list[%d]", i)
		var e entry
		if err := chart.Object(raw, &e); err != nil {
			got = got.reject(where, err)
			continue
		}
		if e.promoted() {
			continue
		}
		row, err := e.row(list)
		if err != nil {
			got = got.reject(where, err)
			continue
		}
		row.Where = where
		if row.Rank = e.Rank.Whole(); row.Rank == 0 {
			row.Rank = i + 1
		}
		if c := first(e.Country.V.ID, e.Country2.V.ID); got.list.Region == "" && len(c) == 2 {
			got.list.Region = strings.ToUpper(c)
			got.list.Name += "/" + strings.ToLower(c)
		}
		got.rows = append(got.rows, row)
	}
	got.stamp = sum.Sum64() | 1 // 0 is none
	return got, nil
}

// listOf finds the rows in a page's data.
func listOf(text []byte, list string) ([]json.RawMessage, error) {
	type data struct {
		List   json.RawMessage `json:"list"`
		Sounds json.RawMessage `json:"soundList"`
		Pages  []struct {
			List   json.RawMessage `json:"list"`
			Sounds json.RawMessage `json:"soundList"`
		} `json:"pages"`
	}
	var doc struct {
		Props struct {
			Page struct {
				Data  chart.Soft[data] `json:"data"`
				State chart.Soft[struct {
					Queries []struct {
						State struct {
							Data chart.Soft[data] `json:"data"`
						} `json:"state"`
					} `json:"queries"`
				}] `json:"dehydratedState"`
			} `json:"pageProps"`
		} `json:"props"`
	}
	if err := chart.Object(text, &doc); err != nil {
		return nil, chart.NotJSON(err)
	}
	places := []data{doc.Props.Page.Data.V}
	for _, q := range doc.Props.Page.State.V.Queries {
		places = append(places, q.State.Data.V)
	}
	for _, d := range places {
		found := []json.RawMessage{d.List, d.Sounds}
		if len(d.Pages) > 0 {
			found = append(found, d.Pages[0].List, d.Pages[0].Sounds)
		}
		for _, raw := range found {
			rows, ok := chart.Elements(raw)
			if ok && about(rows, list) {
				return rows, nil
			}
		}
	}
	return nil, chart.Missing("the list in props.pageProps")
}

// about reports whether rows are of a list: a page's data has others beside its own.
func about(rows []json.RawMessage, list string) bool {
	for _, raw := range rows {
		var e entry
		if chart.Object(raw, &e) != nil {
			continue
		}
		if list == listHashtag {
			return first(e.Hashtag, e.Hashtag2) != ""
		}
		return first(e.SongID, e.SongID2) != ""
	}
	return false
}

func (e *entry) promoted() bool { return e.Promoted1.V || e.Promoted2.V || e.Promoted3.V }

func (e *entry) row(list string) (chart.Row, error) {
	var row chart.Row
	if list == listMusic {
		id := first(e.SongID, e.SongID2)
		if id == "" {
			return row, errors.New("song_id is missing")
		}
		row.Sound = &term.SoundRef{ID: id, Title: string(e.Title), Artist: string(e.Author)}
	} else if row.Hashtag = first(e.Hashtag, e.Hashtag2); row.Hashtag == "" {
		return row, errors.New("hashtag_name is missing")
	}
	add := func(name string, of ...figure) {
		for _, f := range of {
			if f.known {
				row.Values = append(row.Values, term.Reading{Name: name, Unit: term.UnitIndex, Value: f.n})
				return
			}
		}
	}
	add("videos_of_period", e.Videos, e.Videos2)
	add("views_of_period", e.Views, e.Views2)
	return row, nil
}

func first(of ...chart.Text) string {
	for _, t := range of {
		if t != "" {
			return string(t)
		}
	}
	return ""
}
