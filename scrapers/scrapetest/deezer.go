package scrapetest

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// NewDeezer serves the chart as Deezer's interface does, under every genre and playlist. Errors come with
// status 200; so does that of the quota, for whoever asks more than fifty times in five
// seconds.
func NewDeezer(chart Chart, now func() time.Time) http.Handler {
	var mu sync.Mutex
	var asked []time.Time
	tooOften := func() bool {
		const most, within = 50, 5 * time.Second
		mu.Lock()
		defer mu.Unlock()
		at := now()
		for len(asked) > 0 && at.Sub(asked[0]) >= within {
			asked = asked[1:]
		}
		if len(asked) == most {
			return true
		}
		asked = append(asked, at)
		return false
	}
	fail := func(w http.ResponseWriter, r *http.Request, kind, message string, code int) {
		serveJSON(w, r, members{"error": members{"type": kind, "message": message, "code": code}})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{kind}/{id}/tracks", func(w http.ResponseWriter, r *http.Request) {
		if tooOften() {
			fail(w, r, "Exception", "Quota limit exceeded", 4)
			return
		}
		if kind := r.PathValue("kind"); kind != "chart" && kind != "playlist" {
			fail(w, r, "DataException", "no data", 800)
			return
		}
		rows := chart(now())
		from, _ := strconv.Atoi(r.FormValue("index"))
		limit, err := strconv.Atoi(r.FormValue("limit"))
		if err != nil {
			limit = 10
		}
		from = max(0, min(from, len(rows)))
		data := []members{}
		for i, row := range rows[from:min(from+max(limit, 0), len(rows))] {
			id, _ := strconv.ParseInt(row.ID, 10, 64)
			track := members{
				"id": id, "title": row.Title, "title_short": row.Title, "link": "https://www.deezer.com/track/" + row.ID, "duration": 164,
				"explicit_lyrics": false, "position": from + i + 1, "artist": members{"id": 1, "name": row.Artist, "type": "artist"},
				"album": members{"id": 2, "title": row.Title, "type": "album"}, "type": "track",
			}
			if row.Total > 0 {
				track["rank"] = row.Total
			}
			data = append(data, track)
		}
		serveJSON(w, r, members{"data": data, "total": len(rows)})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, "InvalidQueryException", "Wrong parameter", 600)
	})
	return mux
}
