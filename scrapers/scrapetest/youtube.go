package scrapetest

import (
	"encoding/xml"
	"net/http"
	"time"
)

type youtubeEntry struct {
	ID        string   `xml:"id"`
	VideoID   string   `xml:"yt:videoId"`
	ChannelID string   `xml:"yt:channelId"`
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	Author    string   `xml:"author>name"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Group     struct {
		Title       string `xml:"media:title"`
		Description string `xml:"media:description"`
		Community   struct {
			Rating struct {
				Count   int    `xml:"count,attr"`
				Average string `xml:"average,attr"`
			} `xml:"media:starRating"`
			Statistics struct {
				Views int `xml:"views,attr"`
			} `xml:"media:statistics"`
		} `xml:"media:community"`
	} `xml:"media:group"`
}

type youtubeFeed struct {
	XMLName xml.Name       `xml:"feed"`
	YT      string         `xml:"xmlns:yt,attr"`
	Media   string         `xml:"xmlns:media,attr"`
	Atom    string         `xml:"xmlns,attr"`
	ID      string         `xml:"id"`
	Title   string         `xml:"title"`
	Entries []youtubeEntry `xml:"entry"`
}

// NewYouTube serves the newest 15 posts as the feed of a channel or playlist, whichever is asked for. A
// post's first words are the title of its video, its text the description; views grow with its age.
func NewYouTube(posts Posts, now func() time.Time) http.Handler {
	const videos = 15
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds/videos.xml", func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("channel_id") + r.URL.Query().Get("playlist_id")
		if id == "" {
			http.Error(w, "Error 400 (Bad Request)", http.StatusBadRequest)
			return
		}
		f := youtubeFeed{
			YT: "http://www.youtube.com/xml/schemas/2015", Media: "http://search.yahoo.com/mrss/", Atom: "http://www.w3.org/2005/Atom",
			ID: "yt:feed:" + id, Title: "Made up",
		}
		for _, p := range newestPosts(posts, now(), videos) {
			at := p.At.UTC().Format(time.RFC3339)
			e := youtubeEntry{
				ID: "yt:video:" + p.ID, VideoID: p.ID, ChannelID: "UC" + p.Author, Title: firstWords(p.Text),
				Link: atomLink{"alternate", "https://www.youtube.com/watch?v=" + p.ID}, Author: p.Author, Published: at, Updated: at,
			}
			e.Group.Title, e.Group.Description = e.Title, p.Text
			for _, tag := range p.Tags {
				e.Group.Description += " #" + tag
			}
			e.Group.Community.Statistics.Views = int(now().Sub(p.At) / time.Minute)
			e.Group.Community.Rating.Count, e.Group.Community.Rating.Average = e.Group.Community.Statistics.Views/50, "5.00"
			f.Entries = append(f.Entries, e)
		}
		w.Header().Set("Cache-Control", "max-age=900")
		serveXML(w, r, "text/xml; charset=UTF-8", f)
	})
	return mux
}
