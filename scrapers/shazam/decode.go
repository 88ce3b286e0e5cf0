package shazam

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// preamble is how many lines may stand before the one that names the columns.
const preamble = 20

// columns are where a file has what is read of it.
type columns struct{ rank, artist, title int }

// decode reads a file: lines that say what it is, one that names the columns, rows. The lines before make no
// version of it: not all files have a date there.
// Each line is read by itself, so that a stray quotation mark costs its line alone.
func decode(body []byte) (chart.Page, error) {
	var page chart.Page
	var cols columns
	found := false
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(body, []byte("\uFEFF"))) {
		if number++; number > preamble && !found || len(page.Rows)+len(page.Rejected) >= chart.MaxRows {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		fields, err := split(line)
		switch {
		case !found && err == nil:
			cols, found = columnsOf(fields)
			continue
		case !found:
			continue
		}
		var row chart.Row
		if err == nil {
			row, err = cols.row(fields)
		}
		row.Where = fmt.Sprintf("line %d", number)
		if err != nil {
			page.Rejected = append(page.Rejected, scrapers.Reject{Where: row.Where, Why: err})
			continue
		}
		page.Rows = append(page.Rows, row)
	}
	if !found {
		return chart.Page{}, chart.Missing("the line with Rank, Artist and Title")
	}
	return page, nil
}

func split(line []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(line))
	r.LazyQuotes = true
	return r.Read()
}

// columnsOf returns where a line that names the columns has them, and whether it is one.
func columnsOf(fields []string) (columns, bool) {
	c := columns{-1, -1, -1}
	for i, f := range fields {
		switch strings.ToLower(strings.TrimSpace(f)) {
		case "rank":
			c.rank = i
		case "artist":
			c.artist = i
		case "title":
			c.title = i
		}
	}
	return c, c.rank >= 0 && c.artist >= 0 && c.title >= 0
}

func (c columns) row(fields []string) (chart.Row, error) {
	if need := max(c.rank, c.artist, c.title); len(fields) <= need {
		return chart.Row{}, fmt.Errorf("it has %d fields of %d", len(fields), need+1)
	}
	rank, err := strconv.Atoi(strings.TrimSpace(fields[c.rank]))
	if err != nil || rank < 1 {
		return chart.Row{}, fmt.Errorf("its Rank is %.40q, no place in a list", fields[c.rank])
	}
	artist, title := strings.TrimSpace(repair(fields[c.artist])), strings.TrimSpace(repair(fields[c.title]))
	if title == "" {
		return chart.Row{}, errors.New("its Title is empty")
	}
	return chart.Row{Rank: rank, Sound: &term.SoundRef{Title: title, Artist: artist}}, nil
}
