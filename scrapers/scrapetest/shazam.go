package scrapetest

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// NewShazam serves the chart as the files that Shazam offers for download, made anew every
// Friday: with a byte order mark, a line with the date, an empty one, and now and then a row whose
// UTF-8 was taken for Latin-1 on the way.
func NewShazam(chart Chart, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, place, found := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		if !found {
			http.NotFound(w, r)
			return
		}
		day := now().UTC().Truncate(24 * time.Hour)
		for day.Weekday() != time.Friday {
			day = day.AddDate(0, 0, -1)
		}
		var out bytes.Buffer
		out.WriteString("\uFEFFShazam " + kind + " " + place + " Chart \r\n" + day.Format("2006-01-02") + "\r\n\r\n")
		rows := csv.NewWriter(&out)
		rows.UseCRLF = true
		_ = rows.Write([]string{"Rank", "Artist", "Title"}) // a buffer takes everything
		for i, row := range chart(day) {
			title := row.Title
			if i%7 == 3 {
				title = mangled(title)
			}
			_ = rows.Write([]string{strconv.Itoa(i + 1), row.Artist, title})
		}
		rows.Flush()
		serveTagged(w, r, "text/csv; charset=utf-8", out.Bytes())
	})
}

// mangled returns text whose UTF-8 is read as Latin-1.
func mangled(s string) string {
	out := make([]rune, 0, len(s))
	for _, b := range []byte(s) {
		out = append(out, rune(b))
	}
	return string(out)
}
