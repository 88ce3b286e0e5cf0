package scrapetest

import (
	"net/http"
	"strconv"
	"time"
)

// NewListenBrainz serves the most listened recordings as ListenBrainz does, under every range: made anew
// each midnight, UTC, with the headers of its rate limit. The ID of a row is the MusicBrainz ID
// of the recording. On Mondays, when a week begins, there are none before noon.
func NewListenBrainz(chart Chart, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /1/stats/sitewide/recordings", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "30")
		w.Header().Set("X-RateLimit-Remaining", "29")
		w.Header().Set("X-RateLimit-Reset-In", "10")
		at := now().UTC()
		if at.Weekday() == time.Monday && at.Hour() < 12 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		made := at.Truncate(24 * time.Hour)
		monday := made
		for monday.Weekday() != time.Monday {
			monday = monday.AddDate(0, 0, -1)
		}
		count, err := strconv.Atoi(r.FormValue("count"))
		if err != nil {
			count = 25
		}
		rows := chart(made)
		recordings := []members{}
		for _, row := range rows[:max(0, min(count, len(rows)))] {
			recording := members{
				"artist_mbids": []string{}, "artist_name": row.Artist, "recording_mbid": row.ID, "release_mbid": "", "release_name": row.Title,
				"track_name": row.Title, "listen_count": row.Total,
			}
			if row.ID == "" {
				recording["recording_mbid"] = nil
			}
			recordings = append(recordings, recording)
		}
		serveJSON(w, r, members{"payload": members{
			"recordings": recordings, "count": len(recordings), "offset": 0, "total_recording_count": len(rows), "range": r.FormValue("range"),
			"last_updated": made.Unix(), "from_ts": monday.Unix(), "to_ts": monday.AddDate(0, 0, 7).Unix(),
		}})
	})
	return mux
}
