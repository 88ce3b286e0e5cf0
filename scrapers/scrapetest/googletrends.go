package scrapetest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"
)

type googleItem struct {
	Title   string `xml:"title"`
	Traffic string `xml:"ht:approx_traffic,omitempty"`
	Link    string `xml:"link"`
	PubDate string `xml:"pubDate"`
	News    []struct {
		Title  string `xml:"ht:news_item_title"`
		URL    string `xml:"ht:news_item_url"`
		Source string `xml:"ht:news_item_source"`
	} `xml:"ht:news_item"`
}

type googleFeed struct {
	XMLName xml.Name     `xml:"rss"`
	HT      string       `xml:"xmlns:ht,attr"`
	Version string       `xml:"version,attr"`
	Title   string       `xml:"channel>title"`
	Items   []googleItem `xml:"channel>item"`
}

// NewGoogleTrends serves the chart, as it stood at the beginning of the hour, as the trending searches of any
// country. A row's total is said as Google does it, by its first digit ("20,000+").
func NewGoogleTrends(chart Chart, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /trending/rss", func(w http.ResponseWriter, r *http.Request) {
		geo := r.URL.Query().Get("geo")
		if geo == "" {
			http.NotFound(w, r)
			return
		}
		hour := now().UTC().Truncate(time.Hour)
		f := googleFeed{HT: "https://trends.google.com/trending/rss", Version: "2.0", Title: "Daily Search Trends"}
		for _, row := range chart(hour) {
			f.Items = append(f.Items, googleItem{
				Title: row.Title, Traffic: roughly(row.Total), Link: "https://trends.google.com/trending?geo=" + geo, PubDate: hour.Format(time.RFC1123Z),
			})
		}
		serveXML(w, r, "text/xml; charset=utf-8", f)
	})
	return mux
}

// roughly returns "20,000+" for 23456, empty for 0.
func roughly(n int64) string {
	if n <= 0 {
		return ""
	}
	unit := int64(1)
	for n/unit >= 10 {
		unit *= 10
	}
	s := fmt.Sprint(n / unit * unit)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s + "+"
}
