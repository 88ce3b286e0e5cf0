package scrapetest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// NewApple serves the most played songs of every storefront as Apple's RSS builder does, and as
// the older feed of the iTunes store. Both are made anew once a day, at eight in the morning, from
// the chart as it stands then.
func NewApple(chart Chart, now func() time.Time) http.Handler {
	made := func() time.Time {
		at := now().UTC()
		eight := time.Date(at.Year(), at.Month(), at.Day(), 8, 0, 0, 0, time.UTC)
		if at.Before(eight) {
			return eight.AddDate(0, 0, -1)
		}
		return eight
	}
	rows := func(limit string) []Row {
		n, err := strconv.Atoi(limit)
		rows := chart(made())
		if err != nil || n > len(rows) {
			n = len(rows)
		}
		return rows[:n]
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/{front}/music/most-played/{limit}/songs.json", func(w http.ResponseWriter, r *http.Request) {
		results := []members{}
		for _, row := range rows(r.PathValue("limit")) {
			results = append(results, members{
				"artistName": row.Artist, "id": row.ID, "name": row.Title, "releaseDate": "2026-10-02", "kind": "songs", "artistId": "1",
				"genres": []members{{"genreId": "14", "name": "Pop", "url": "https://itunes.apple.com/us/genre/id14"}},
				"url":    fmt.Sprintf("https://music.apple.com/%s/song/%s", r.PathValue("front"), row.ID),
			})
		}
		serveJSON(w, r, members{"feed": members{
			"title": "Top Songs", "id": "https://rss.marketingtools.apple.com" + r.URL.Path, "country": r.PathValue("front"),
			"updated": made().Format("Mon, 2 Jan 2006 15:04:05 -0700"), "results": results,
		}})
	})
	mux.HandleFunc("GET /{front}/rss/topsongs/{limit}/json", func(w http.ResponseWriter, r *http.Request) {
		limit := r.PathValue("limit")[len("limit="):]
		entries := []members{}
		for _, row := range rows(limit) {
			entries = append(entries, members{
				"im:name": members{"label": row.Title}, "im:artist": members{"label": row.Artist, "attributes": members{"href": "https://music.apple.com/us/artist/1"}},
				"id":       members{"label": "https://music.apple.com/us/song/" + row.ID, "attributes": members{"im:id": row.ID}},
				"category": members{"attributes": members{"im:id": "14", "term": "Pop", "label": "Pop"}},
			})
		}
		serveJSON(w, r, members{"feed": members{"updated": members{"label": made().Format(time.RFC3339)}, "entry": entries}})
	})
	return mux
}
