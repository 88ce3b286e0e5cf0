package scrapetest

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"
)

// NewFeed is a blog with its newest posts as RSS 2.0 (/feed.xml), Atom (/atom.xml) and a JSON feed
// (/feed.json), with an ETag and the time of its newest post.
func NewFeed(posts Posts, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	for path, form := range map[string]struct {
		mediaType string
		write     func(host string, posts []Post) any
	}{
		"/feed.xml": {"application/rss+xml; charset=utf-8", rssOf}, "/atom.xml": {"application/atom+xml; charset=utf-8", atomOf},
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			newest := newestPosts(posts, now(), mostEntries)
			lastModified(w, newest)
			serveXML(w, r, form.mediaType, form.write(r.Host, newest))
		})
	}
	mux.HandleFunc("GET /feed.json", func(w http.ResponseWriter, r *http.Request) {
		newest := newestPosts(posts, now(), mostEntries)
		lastModified(w, newest)
		items := []members{}
		for _, p := range newest {
			items = append(items, members{
				"id": entryURL(r.Host, p), "url": entryURL(r.Host, p), "title": firstWords(p.Text), "content_html": htmlOf(p),
				"date_published": p.At.UTC().Format(time.RFC3339), "authors": []members{{"name": p.Author}}, "tags": tagsOf(p), "language": p.Lang,
			})
		}
		serveJSON(w, r, members{"version": "https://jsonfeed.org/version/1.1", "title": "Made up", "items": items})
	})
	return mux
}

// mostEntries is how many entries a feed has.
const mostEntries = 20

// newestPosts returns the newest posts, the newest first. It reads no more of the made-up life
// than it needs.
func newestPosts(posts Posts, now time.Time, n int) []Post {
	for back := 10 * time.Second; ; back *= 4 {
		found := posts(now.Add(-back), now)
		if len(found) >= n || back > farthest {
			found = slices.Clone(found[max(0, len(found)-n):])
			slices.Reverse(found)
			return found
		}
	}
}

func lastModified(w http.ResponseWriter, newest []Post) {
	if len(newest) > 0 {
		w.Header().Set("Last-Modified", newest[0].At.UTC().Format(http.TimeFormat))
	}
}

// serveXML answers with a value as XML; what cannot be encoded is a fault of this package.
func serveXML(w http.ResponseWriter, r *http.Request, mediaType string, v any) {
	body, err := xml.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serveTagged(w, r, mediaType, append([]byte(xml.Header), body...))
}

func entryURL(host string, p Post) string { return "http://" + host + "/posts/" + p.ID }

// firstWords returns the beginning of a text, as a title.
func firstWords(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(len(words), 5)], " ")
}

// htmlOf returns the text of a post as HTML.
func htmlOf(p Post) string {
	out := "<p>" + html.EscapeString(p.Text) + "</p>"
	if p.Link != "" {
		out += fmt.Sprintf(`<p><a href="%s">more</a></p>`, html.EscapeString(p.Link))
	}
	return out
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	GUID        string   `xml:"guid"`
	PubDate     string   `xml:"pubDate"`
	Author      string   `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Categories  []string `xml:"category"`
	Description string   `xml:"description"`
}

type rssFeed struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Items   []rssItem `xml:"channel>item"`
}

func rssOf(host string, posts []Post) any {
	f := rssFeed{Version: "2.0", Title: "Made up", Link: "http://" + host + "/"}
	for _, p := range posts {
		f.Items = append(f.Items, rssItem{
			Title: firstWords(p.Text), Link: entryURL(host, p), GUID: entryURL(host, p), PubDate: p.At.UTC().Format(time.RFC1123Z),
			Author: p.Author, Categories: tagsOf(p), Description: htmlOf(p),
		})
	}
	return f
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr,omitempty"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Link       atomLink       `xml:"link"`
	Author     string         `xml:"author>name"`
	AuthorURI  string         `xml:"author>uri,omitempty"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Categories []atomCategory `xml:"category"`
	Content    *atomContent   `xml:"content"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

func atomOf(host string, posts []Post) any {
	f := atomFeed{ID: "http://" + host + "/", Title: "Made up"}
	for i, p := range posts {
		at := p.At.UTC().Format(time.RFC3339)
		if i == 0 {
			f.Updated = at
		}
		e := atomEntry{
			ID: entryURL(host, p), Title: firstWords(p.Text), Link: atomLink{"alternate", entryURL(host, p)}, Author: p.Author,
			Published: at, Updated: at, Content: &atomContent{"html", htmlOf(p)},
		}
		for _, tag := range tagsOf(p) {
			e.Categories = append(e.Categories, atomCategory{Term: tag})
		}
		f.Entries = append(f.Entries, e)
	}
	return f
}
