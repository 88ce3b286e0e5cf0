package tiktok

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/lists"
	"github.com/swell-radar/swell/term"
)

// entry is a row of a list of Creative Center. Its names are written in two ways.
type entry struct {
	Hashtag   lists.Text       `json:"hashtagName"`
	Hashtag2  lists.Text       `json:"hashtag_name"`
	SongID    lists.Text       `json:"songId"`
	SongID2   lists.Text       `json:"song_id"`
	Title     lists.Text       `json:"title"`
	Author    lists.Text       `json:"author"`
	Rank      lists.Count      `json:"rank"`
	Videos    figure           `json:"publishCnt"`
	Videos2   figure           `json:"publish_cnt"`
	Views     figure           `json:"videoViews"`
	Views2    figure           `json:"video_views"`
	Promoted1 lists.Soft[bool] `json:"isPromoted"`
	Promoted2 lists.Soft[bool] `json:"is_promoted"`
	Promoted3 lists.Soft[bool] `json:"promoted"`
	Country   lists.Soft[struct {
		ID lists.Text `json:"id"`
	}] `json:"countryInfo"`
	Country2 lists.Soft[struct {
		ID lists.Text `json:"id"`
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
	got := reading{list: lists.List{Platform: name, Name: "creative-center/" + list}, items: len(rows)}
	sum := fnv.New64a()
	for i, raw := range rows {
		_, _ = sum.Write(raw) // never fails
		where := fmt.Sprintf("list[%d]", i)
		var e entry
		if err := lists.Object(raw, &e); err != nil {
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
				Data  lists.Soft[data] `json:"data"`
				State lists.Soft[struct {
					Queries []struct {
						State struct {
							Data lists.Soft[data] `json:"data"`
						} `json:"state"`
					} `json:"queries"`
				}] `json:"dehydratedState"`
			} `json:"pageProps"`
		} `json:"props"`
	}
	if err := lists.Object(text, &doc); err != nil {
		return nil, lists.NotJSON(err)
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
			rows, ok := lists.Elements(raw)
			if ok && about(rows, list) {
				return rows, nil
			}
		}
	}
	return nil, lists.Missing("the list in props.pageProps")
}

// about reports whether rows are of a list: a page's data has others beside its own.
func about(rows []json.RawMessage, list string) bool {
	for _, raw := range rows {
		var e entry
		if lists.Object(raw, &e) != nil {
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

func (e *entry) row(list string) (lists.Row, error) {
	var row lists.Row
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

func first(of ...lists.Text) string {
	for _, t := range of {
		if t != "" {
			return string(t)
		}
	}
	return ""
}
