package scrapetest

import (
	"net/http"
	"time"
)

// NewMisskey is an instance of Misskey that tells the hashtags its people used most in the last
// hour: the first five rows of the chart, with Recent as the people of each span of ten
// minutes, the running one first, and Total as those of the hour. It makes a new answer once a minute.
func NewMisskey(chart Chart, now func() time.Time) http.Handler {
	const spans, most = 20, 5
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/hashtags/trend", func(w http.ResponseWriter, r *http.Request) {
		out := []members{}
		for _, row := range chart(now().Truncate(time.Minute)) {
			if len(out) == most {
				break
			}
			recent := make([]int, spans)
			copy(recent, row.Recent)
			out = append(out, members{"tag": row.Title, "chart": recent, "usersCount": row.Total})
		}
		serveJSON(w, r, out)
	})
	return mux
}
