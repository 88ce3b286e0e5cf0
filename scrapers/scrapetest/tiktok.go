package scrapetest

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// NewTikTok serves pages as TikTok does to visitors without an account: those of the hashtags (rows
// without artist) and sounds in the chart, and Creative Center. Every third page has no numbers in it,
// every fourth has the older form. A total counts views; there is a video for a thousand of them.
func NewTikTok(chart Chart, now func() time.Time) http.Handler {
	var asked atomic.Int64
	page := func(w http.ResponseWriter, title, newer, older string, scope members) {
		switch n := asked.Add(1); {
		case n%3 == 0:
			tikTokPage(w, title, "", nil)
		case n%4 == 0:
			tikTokPage(w, title, "SIGI_STATE", members{"AppContext": members{}, older: scope})
		default:
			tikTokPage(w, title, "__UNIVERSAL_DATA_FOR_REHYDRATION__", members{"__DEFAULT_SCOPE__": members{"webapp.app-context": members{}, newer: scope}})
		}
	}
	find := func(match func(Row) bool) (Row, bool) {
		for _, row := range chart(now()) {
			if match(row) {
				return row, true
			}
		}
		return Row{}, false
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tag/{tag}", func(w http.ResponseWriter, r *http.Request) {
		row, ok := find(func(row Row) bool { return row.Artist == "" && row.Title == r.PathValue("tag") })
		scope := members{"statusCode": 10205}
		if ok {
			videos := 1 + row.Total/1000
			scope = members{"statusCode": 0, "challengeInfo": members{
				"challenge": members{"id": row.ID, "title": row.Title, "desc": "", "isCommerce": false, "splitTitle": row.Title},
				"stats":     members{"videoCount": videos, "viewCount": row.Total},
				"statsV2":   members{"videoCount": fmt.Sprint(videos), "viewCount": fmt.Sprint(row.Total)},
			}}
		}
		page(w, "#"+r.PathValue("tag"), "webapp.challenge-detail", "ChallengePage", scope)
	})
	mux.HandleFunc("GET /music/{slug}", func(w http.ResponseWriter, r *http.Request) {
		slug := r.PathValue("slug")
		id := slug[strings.LastIndexByte(slug, '-')+1:]
		row, ok := find(func(row Row) bool { return row.Artist != "" && row.ID == id })
		scope := members{"statusCode": 10218}
		if ok {
			scope = members{"statusCode": 0, "musicInfo": members{
				"music": members{"id": row.ID, "title": row.Title, "authorName": row.Artist, "duration": 31, "original": false, "playUrl": "https://example.org/play/" + url.PathEscape(row.ID)},
				"stats": members{"videoCount": 1 + row.Total/1000},
			}}
		}
		page(w, row.Title, "webapp.music-detail", "MusicPage", scope)
	})
	mux.HandleFunc("GET /business/creativecenter/inspiration/popular/{list}/pc/en", func(w http.ResponseWriter, r *http.Request) {
		songs := r.PathValue("list") == "music"
		country := members{"id": "US", "value": "United States", "label": "US"}
		rows := []members{}
		for _, row := range chart(now().Truncate(24 * time.Hour)) {
			if songs != (row.Artist != "") || len(rows) == 20 {
				continue
			}
			place := members{"rank": len(rows) + 1, "rankDiff": 0, "rankDiffType": 3, "countryInfo": country, "trend": []members{}}
			if songs {
				place["songId"], place["title"], place["author"], place["promoted"] = row.ID, row.Title, row.Artist, false
			} else {
				place["hashtagId"], place["hashtagName"], place["publishCnt"], place["videoViews"] = row.ID, row.Title, 1+row.Total/100_000, row.Total/100
				place["isPromoted"] = false
			}
			rows = append(rows, place)
		}
		props := members{"data": members{"soundList": rows}}
		if !songs {
			props = members{"dehydratedState": members{"queries": []members{{"state": members{"data": members{"pages": []members{{
				"list": rows, "pagination": members{"page": 1, "size": 20, "total": 100, "hasMore": true},
			}}}}}}}}
		}
		tikTokPage(w, "Creative Center", "__NEXT_DATA__", members{"props": members{"pageProps": props}})
	})
	return mux
}

// tikTokPage answers with a page that has data in a script; no ID is none.
func tikTokPage(w http.ResponseWriter, title, script string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	element := ""
	if script != "" {
		body, err := json.Marshal(data)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		element = fmt.Sprintf(`<script id="%s" type="application/json">%s</script>`, script, strings.ReplaceAll(string(body), "/", `\u002F`))
	}
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>%s | TikTok</title></head><body><div id="app"></div>%s<script>window.started = true</script></body></html>`,
		html.EscapeString(title), element) // a client that is gone needs no answer
}
