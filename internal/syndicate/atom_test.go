package syndicate

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// node is an element of a feed, as any reader sees it.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

const atomSpace = "http://www.w3.org/2005/Atom"

func (n *node) all(name string) (out []node) {
	for _, c := range n.Nodes {
		if c.XMLName == (xml.Name{Space: atomSpace, Local: name}) {
			out = append(out, c)
		}
	}
	return out
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// one returns the text of a child that has to be there once.
func (n *node) one(t testing.TB, name string) string {
	t.Helper()
	all := n.all(name)
	if len(all) != 1 {
		t.Fatalf("%s has %d of %s, want one", n.XMLName.Local, len(all), name)
	}
	return all[0].Text
}

// parseFeed reads a feed, and holds it to RFC 4287.
func parseFeed(t testing.TB, feed []byte) node {
	t.Helper()
	if !utf8.Valid(feed) || bytes.ContainsAny(feed, "\r\x00\x1b\u202e\u2066\ufffe\uffff") {
		t.Fatalf("there is what a feed has no place for: %q", feed)
	}
	d := xml.NewDecoder(bytes.NewReader(feed))
	var root node
	if err := d.Decode(&root); err != nil {
		t.Fatalf("%v in %s", err, feed)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) && err != nil {
		t.Fatal(err)
	}
	if root.XMLName != (xml.Name{Space: atomSpace, Local: "feed"}) {
		t.Fatalf("the root is %v", root.XMLName)
	}
	ids := map[string]bool{}
	check := func(n *node) time.Time {
		id := n.one(t, "id")
		if u, err := url.Parse(id); err != nil || !u.IsAbs() || ids[id] { // 4.2.6
			t.Errorf("id %q: %v, or it is there twice", id, err)
		}
		ids[id] = true
		if n.one(t, "title") == "" {
			t.Error("a title is empty")
		}
		return moment(t, n.one(t, "updated"))
	}
	check(&root)
	if author := root.all("author"); len(author) != 1 || author[0].one(t, "name") != "Swell" { // 4.1.1
		t.Errorf("authors %+v", author)
	}
	self := root.all("link")
	if len(self) != 1 || self[0].attr("rel") != "self" || !absolute(self[0].attr("href")) {
		t.Errorf("links %+v", self)
	}
	for _, e := range root.all("entry") {
		updated := check(&e)
		if published := moment(t, e.one(t, "published")); published.After(updated) {
			t.Errorf("published at %s, updated at %s", published, updated)
		}
		if l := e.all("link"); len(l) != 1 || l[0].attr("rel") != "alternate" || !absolute(l[0].attr("href")) {
			t.Errorf("links of an entry: %+v", l)
		}
		if c := e.all("category"); len(c) != 3 {
			t.Errorf("%d categories", len(c))
		}
		if e.one(t, "summary") == "" {
			t.Error("a summary is empty")
		}
		harmless(t, e.one(t, "content"))
	}
	return root
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Error(err)
	}
	return at
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && u.Host != ""
}

// tags are all that the content of an entry is made of.
var tags = regexp.MustCompile(`</?(p|ul|li|strong|bdi)>|<a href="[^"<>]*">|</a>`)

// harmless fails for a content in which there is more than that.
func harmless(t testing.TB, content string) {
	t.Helper()
	if rest := tags.ReplaceAllString(content, ""); strings.ContainsAny(rest, `<>"'`) {
		t.Errorf("there are tags in it that are not ours: %s", content)
	}
}

func TestFeedKeepsToTheRFC(t *testing.T) {
	for _, s := range []Site{site, some} {
		feed, err := Atom(&s, hours(30), fixed())
		if err != nil {
			t.Fatal(err)
		}
		root := parseFeed(t, feed)
		if got, want := len(root.all("entry")), len(fixed()); got != want {
			t.Errorf("%d entries, want %d", got, want)
		}
		for _, e := range root.all("entry") {
			if made := strings.HasPrefix(e.one(t, "title"), "DEMO"); made != s.Demo {
				t.Errorf("a title is %q", e.one(t, "title"))
			}
		}
	}
}

func TestFeedHasSoManyEntries(t *testing.T) {
	var rises []Rise
	for i := range 2 * MaxEntries {
		rises = append(rises, rise("hashtag", "a", "x", "rising", float64(i), 0))
	}
	feed, err := Atom(&site, morning, rises)
	if err != nil {
		t.Fatal(err)
	}
	if root := parseFeed(t, feed); len(root.all("entry")) != MaxEntries {
		t.Errorf("%d entries", len(root.all("entry")))
	}
	if n := bytes.Count(Calendar(&site, append(rises, make([]Rise, MaxEvents)...), nil), []byte("BEGIN:VEVENT")); n != MaxEvents {
		t.Errorf("%d events", n)
	}
}

// Whatever a term is, the feed is one, and says the term as it can be shown.
func FuzzAtom(f *testing.F) {
	for _, term := range hostile {
		f.Add("hashtag", term, "x", "rising")
		f.Add(term, "a", term, term)
	}
	f.Fuzz(func(t *testing.T, kind, term, platform, phase string) {
		r := rise(kind, term, platform, phase, 0, 1)
		feed, err := Atom(&some, hours(2), []Rise{r})
		if err != nil {
			t.Fatal(err)
		}
		root := parseFeed(t, feed)
		e := root.all("entry")[0]
		if content := html.UnescapeString(e.one(t, "content")); !strings.Contains(content, clean(r.name())) {
			t.Errorf("%q is not in %q", clean(r.name()), content)
		}
		if c := e.all("category"); c[1].attr("term") != clean(platform) {
			t.Errorf("platform %q is told as %q", platform, c[1].attr("term"))
		}
	})
}
