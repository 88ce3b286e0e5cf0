package scrapetest

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// NewMastodon is an instance of Mastodon: its description, the public timeline, tag timelines and
// trends, to everybody. All posts are of its own people. Trends is nil for an instance that has none.
func NewMastodon(posts Posts, trends Chart, now func() time.Time) http.Handler {
	m := &mastodon{posts: posts, trends: trends, now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/instance", func(w http.ResponseWriter, r *http.Request) {
		serveJSON(w, r, members{"domain": r.Host, "title": "Made up", "version": "4.5.0", "configuration": members{
			"timelines_access": members{
				"live_feeds": members{"local": "public", "remote": "public"}, "hashtag_feeds": members{"local": "public", "remote": "public"},
			},
		}})
	})
	mux.HandleFunc("GET /api/v1/timelines/public", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("remote") == "true" {
			serveJSON(w, r, []members{})
			return
		}
		m.timeline(w, r, nil)
	})
	mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", func(w http.ResponseWriter, r *http.Request) {
		m.timeline(w, r, append([]string{r.PathValue("tag")}, r.URL.Query()["any[]"]...))
	})
	mux.HandleFunc("GET /api/v1/trends/tags", m.serveTrends)
	return mux
}

type mastodon struct {
	posts  Posts
	trends Chart
	now    func() time.Time
}

// statusOf is a post with the ID that the instance gives it.
type statusOf struct {
	Post
	id int64
}

// between returns the posts of a time as statuses, oldest first. IDs begin with the milliseconds
// since 1970 and go on with the place among the posts of that one.
func (m *mastodon) between(from, to time.Time) []statusOf {
	from, to = from.Truncate(time.Millisecond), to.Truncate(time.Millisecond)
	var out []statusOf
	for _, p := range m.posts(from, to) {
		id := p.At.UnixMilli() << 16
		if n := len(out); n > 0 && out[n-1].id>>16 == id>>16 {
			id = out[n-1].id + 1
		}
		out = append(out, statusOf{p, id})
	}
	return out
}

const mostStatuses = 40

// timeline answers with the newest statuses, or those that come right after min_id.
func (m *mastodon) timeline(w http.ResponseWriter, r *http.Request, tags []string) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > mostStatuses {
		limit = mostStatuses / 2
	}
	wanted := func(s statusOf) bool {
		return tags == nil || slices.ContainsFunc(tagsOf(s.Post), func(tag string) bool {
			return slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) })
		})
	}
	var found []statusOf
	if minID, err := strconv.ParseInt(r.URL.Query().Get("min_id"), 10, 64); err == nil {
		found = m.after(minID, limit, wanted)
	} else {
		found = m.newest(limit, wanted)
	}
	slices.Reverse(found)
	out := []members{}
	for _, s := range found {
		out = append(out, s.encode("http://"+r.Host))
	}
	if n := len(found); n > 0 {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?max_id=%d>; rel="next", <http://%s%s?min_id=%d>; rel="prev"`,
			r.Host, r.URL.Path, found[n-1].id, r.Host, r.URL.Path, found[0].id))
	}
	w.Header().Set("X-RateLimit-Limit", "300")
	w.Header().Set("X-RateLimit-Remaining", "299")
	w.Header().Set("X-RateLimit-Reset", m.now().Add(5*time.Minute).UTC().Format(time.RFC3339Nano))
	serveJSON(w, r, out)
}

// How far the instance looks at once, and at most. It reads no more of the made-up life than it needs.
const (
	firstStep = 10 * time.Second
	farthest  = 72 * time.Hour
)

func (m *mastodon) after(minID int64, limit int, wanted func(statusOf) bool) []statusOf {
	var found []statusOf
	now, step := m.now(), firstStep
	from := time.UnixMilli(minID >> 16)
	if now.Sub(from) > farthest {
		from = now.Add(-farthest)
	}
	for ; from.Before(now) && len(found) < limit; from, step = from.Add(step), 2*step {
		for _, s := range m.between(from, earlier(from.Add(step), now)) {
			if s.id > minID && wanted(s) {
				found = append(found, s)
			}
		}
	}
	return found[:min(len(found), limit)]
}

func (m *mastodon) newest(limit int, wanted func(statusOf) bool) []statusOf {
	now := m.now()
	for back := firstStep; ; back *= 4 {
		var found []statusOf
		for _, s := range m.between(now.Add(-back), now) {
			if wanted(s) {
				found = append(found, s)
			}
		}
		if len(found) >= limit || back > farthest {
			return found[max(0, len(found)-limit):]
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// tagsOf returns the hashtags of a post, without '#'.
func tagsOf(p Post) []string {
	tags := slices.Clone(p.Tags)
	for _, word := range strings.Fields(p.Text) {
		if tag := hashtagOf(word); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// hashtagOf returns the hashtag that a word of a text is, without its sign and the punctuation behind
// it; empty where it is none.
func hashtagOf(word string) string {
	tag, ok := strings.CutPrefix(word, "#")
	if !ok {
		return ""
	}
	return strings.TrimRight(tag, ".,;:!?)")
}

func (s *statusOf) encode(base string) members {
	tags := []members{}
	for _, tag := range tagsOf(s.Post) {
		name := strings.ToLower(tag)
		tags = append(tags, members{"name": name, "url": base + "/tags/" + name})
	}
	id := strconv.FormatInt(s.id, 10)
	profile := base + "/@" + s.Author
	status := members{
		"id": id, "uri": base + "/users/" + s.Author + "/statuses/" + s.ID, "url": profile + "/" + id,
		"created_at": s.At.UTC().Format("2006-01-02T15:04:05.000Z"), "language": nil, "visibility": "public", "sensitive": false,
		"spoiler_text": "", "reblog": nil, "edited_at": nil, "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
		"content": s.html(base), "tags": tags, "mentions": []members{},
		"account": members{"id": "1", "acct": s.Author, "username": s.Author, "url": profile, "bot": false, "note": ""},
	}
	if s.Lang != "" {
		status["language"] = s.Lang
	}
	return status
}

// html returns the post as Mastodon writes it.
func (s *statusOf) html(base string) string {
	var b strings.Builder
	b.WriteString("<p>")
	for i, word := range strings.Fields(s.Text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		if tag := hashtagOf(word); tag != "" {
			fmt.Fprintf(&b, `<a href="%s/tags/%s" class="mention hashtag" rel="tag">#<span>%s</span></a>`, base, html.EscapeString(strings.ToLower(tag)), html.EscapeString(tag))
			word = strings.TrimPrefix(word, "#"+tag)
		}
		b.WriteString(html.EscapeString(word))
	}
	b.WriteString("</p>")
	if scheme, rest, ok := strings.Cut(s.Link, "://"); ok {
		shown, hidden := rest, ""
		if len(rest) > 30 {
			shown, hidden = rest[:30], rest[30:]
		}
		fmt.Fprintf(&b, `<p><a href="%s" target="_blank" rel="nofollow noopener"><span class="invisible">%s://</span><span class="ellipsis">%s</span><span class="invisible">%s</span></a></p>`,
			html.EscapeString(s.Link), html.EscapeString(scheme), html.EscapeString(shown), html.EscapeString(hidden))
	}
	return b.String()
}

func (m *mastodon) serveTrends(w http.ResponseWriter, r *http.Request) {
	out := []members{}
	if m.trends != nil {
		day := m.now().UTC().Truncate(24 * time.Hour)
		for i, row := range m.trends(m.now()) {
			name := strings.ToLower(row.Title)
			history := []members{}
			for back := range 7 {
				uses := row.Total
				if back > 0 {
					uses = row.Total / int64(2*back+1)
				}
				history = append(history, members{
					"day": strconv.FormatInt(day.AddDate(0, 0, -back).Unix(), 10), "uses": strconv.FormatInt(uses, 10), "accounts": strconv.FormatInt((uses+1)/2, 10),
				})
			}
			out = append(out, members{"id": strconv.Itoa(i + 1), "name": name, "url": "http://" + r.Host + "/tags/" + name, "history": history})
		}
	}
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 20 {
		limit = 10
	}
	serveJSON(w, r, out[:min(limit, len(out))])
}
