package scrapetest

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// NewReddit serves the newest posts as the feed of any subreddit, in any of its orders. As there, a client
// without a name of its own is refused.
func NewReddit(posts Posts, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /r/{sub}/{order}/.rss", func(w http.ResponseWriter, r *http.Request) {
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil || limit < 1 || limit > 100 {
			limit = 25
		}
		if !slices.Contains([]string{"new", "hot", "rising", "top"}, r.PathValue("order")) {
			http.NotFound(w, r)
			return
		}
		if r.Header.Get("User-Agent") == "" {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
		sub := r.PathValue("sub")
		f := atomFeed{ID: "/r/" + sub + "/.rss", Title: sub}
		for i, p := range newestPosts(posts, now(), limit) {
			at := p.At.UTC().Format("2006-01-02T15:04:05-07:00")
			if i == 0 {
				f.Updated = at
			}
			page := fmt.Sprintf("https://www.reddit.com/r/%s/comments/%s/", sub, p.ID)
			f.Entries = append(f.Entries, atomEntry{
				ID: "t3_" + p.ID, Title: p.Text, Link: atomLink{"alternate", page}, Author: "/u/" + p.Author, AuthorURI: "https://www.reddit.com/user/" + p.Author,
				Published: at, Updated: at, Categories: []atomCategory{{Term: sub, Label: "r/" + sub}}, Content: &atomContent{"html", redditHTML(p, page)},
			})
		}
		serveXML(w, r, "application/atom+xml; charset=UTF-8", f)
	})
	return mux
}

func redditHTML(p Post, page string) string {
	link := page
	if p.Link != "" {
		link = p.Link
	}
	author := html.EscapeString(p.Author)
	return fmt.Sprintf(`&#32; submitted by &#32; <a href="https://www.reddit.com/user/%s"> /u/%s </a> <br/> <span><a href="%s">[link]</a></span> &#32; <span><a href="%s">[comments]</a></span>`,
		author, author, html.EscapeString(link), html.EscapeString(page))
}
