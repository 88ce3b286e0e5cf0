package scrapetest

import (
	"net/http"
	"strings"
	"time"
)

// NewWikipedia serves the most viewed pages of every project and day as Wikimedia's Analytics Query
// Service does: the list of a day is the chart at its end, and is there fourteen hours later. The
// main page and the search come first, as they do.
func NewWikipedia(chart Chart, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics/pageviews/top/{project}/all-access/{year}/{month}/{day}", func(w http.ResponseWriter, r *http.Request) {
		year, month, day := r.PathValue("year"), r.PathValue("month"), r.PathValue("day")
		begin, err := time.Parse("2006-01-02", year+"-"+month+"-"+day)
		end := begin.AddDate(0, 0, 1)
		if err != nil || now().Before(end.Add(14*time.Hour)) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"type":"about:blank","title":"Not Found","method":"get","detail":"The date(s) you used are valid, but we either do not have data for those date(s), or the project you asked for is not loaded yet."}`))
			return
		}
		articles := []members{{"article": "Main_Page", "views": 5_000_000, "rank": 1}, {"article": "Special:Search", "views": 1_200_000, "rank": 2}}
		for i, row := range chart(end) {
			views := row.Total
			if len(row.Recent) > 0 {
				views = int64(row.Recent[0])
			}
			articles = append(articles, members{"article": strings.ReplaceAll(row.Title, " ", "_"), "views": views, "rank": i + 3})
		}
		serveJSON(w, r, members{"items": []members{{
			"project": r.PathValue("project"), "access": "all-access", "year": year, "month": month, "day": day, "articles": articles,
		}}})
	})
	return mux
}
