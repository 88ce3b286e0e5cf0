package example

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/term"
)

func TestURL(t *testing.T) {
	for _, c := range []struct{ platform, id, want string }{
		{"x", "1800000000000000000", "https://x.com/i/status/1800000000000000000"},
		{"x", "18/../../a", ""},
		{"tiktok", "7370000000000000000", "https://www.tiktok.com/player/v1/7370000000000000000"},
		{"youtube", "dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"},
		{"youtube", "dQw4w9WgXcQ&t=1", ""},
		{"reddit", "t3_1abcde", "https://www.reddit.com/comments/1abcde"},
		{"reddit", "t1_1abcde", ""},
		{"instagram", "C7abcDEF_-1", "https://www.instagram.com/p/C7abcDEF_-1"},
		{"instagram", "3370000000000000000", ""},
		{"pinterest", "12345", "https://www.pinterest.com/pin/12345"},
		{"bluesky", "did:plc:ewvi7nxzyoun6zhxrhs64oiz/3kabcdefghi2x", "https://bsky.app/profile/did:plc:ewvi7nxzyoun6zhxrhs64oiz/post/3kabcdefghi2x"},
		{"bluesky", "did:web:example.com/3kabc", "https://bsky.app/profile/did:web:example.com/post/3kabc"},
		{"bluesky", "did:plc:ewvi/..", ""},
		{"bluesky", "did:plc:ewvi/a/b", ""},
		{"mastodon", "https://social.example/users/ana/statuses/1", "https://social.example/users/ana/statuses/1"},
		{"mastodon", "social.example/1", ""},
		{"nostr", strings.Repeat("a", 64), ""},
		{"web", "https://example.com/a?b=c", "https://example.com/a?b=c"},
		{"web", "http://example.com/a", ""},
		{"web", "https://user@example.com/", ""},
		{"web", "https://localhost/admin", ""},
		{"web", "https://example.com:8443/", ""},
		{"web", "javascript:alert(1)//https://", ""},
		{"web", "https://example.com/\u202egpj", ""},
		{"", "", ""},
	} {
		if got := URL(&Post{Platform: c.platform, ID: c.id}); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.platform, c.id, got, c.want)
		}
	}
	if got := URL(&Post{Platform: "bluesky", ID: "did:plc:ewvi/3k", Repost: true}); got != "" {
		t.Errorf("a repost: got %q", got)
	}
}

// TestURLsAreHarmless draws IDs that somebody might write to have a page lead elsewhere.
func TestURLsAreHarmless(t *testing.T) {
	own := map[string]string{
		"x": "x.com", "tiktok": "www.tiktok.com", "youtube": "www.youtube.com", "pinterest": "www.pinterest.com", "instagram": "www.instagram.com",
		"reddit": "www.reddit.com", "bluesky": "bsky.app",
	}
	parts := rapid.SampledFrom([]string{
		"https://", "http://", "javascript:", "//", "/", "\\", "..", "@", ":", "?", "#", "%2f", "\"", "<", "\u202e", "\x00", "\n", " ", "evil.example", "a", "1",
		"did:plc:", "did:web:", "t3_", "at://", "[::1]", "é", "dQw4w9WgXcQ", "12345678901", "\xff",
	})
	rapid.Check(t, func(rt *rapid.T) {
		p := Post{
			Platform: rapid.SampledFrom([]string{"x", "tiktok", "youtube", "pinterest", "instagram", "reddit", "bluesky", "mastodon", "web", ""}).Draw(rt, "platform"),
			ID:       strings.Join(rapid.SliceOfN(parts, 0, 9).Draw(rt, "parts"), ""),
		}
		got := URL(&p)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" || u.String() != got || strings.Contains(got, "/../") {
			rt.Fatalf("%q: %q, %v", p.ID, got, err)
		}
		if host := own[p.Platform]; host != "" && u.Host != host && got != p.ID {
			rt.Fatalf("%s %q: %q", p.Platform, p.ID, got)
		}
		if strings.ContainsAny(got, "\"'<>\\ \n\x00") {
			rt.Fatalf("%q: %q", p.ID, got)
		}
	})
}

// open returns a view in which hashtags trend on x.
func open(keys ...string) (*engine.View, []term.ID) {
	v, ids := &engine.View{}, []term.ID{}
	for _, key := range keys {
		v.Trends = append(v.Trends, engine.Trend{Term: term.Term{Kind: term.Hashtag, Key: key}, Platform: "x"})
		ids = append(ids, term.ScopeOf(term.Hashtag, "x").ID(key))
	}
	return v, ids
}

func TestBook(t *testing.T) {
	b := New()
	v, ids := open("a", "b")
	b.Follow(v)
	note := func(id, author string, minute int64, repost bool) {
		b.note(&term.Record{Platform: "x", ID: id, Author: author, Lang: "en", TS: minute * 60e6, Repost: repost}, ids[0])
	}
	note("", "nobody", 0, false)
	note(strings.Repeat("1", maxID+1), "long", 0, false)
	for i := range int64(3) {
		note(fmt.Sprint("twice", i), "ana", i, false)
	}
	for i := range int64(40) {
		note(fmt.Sprint(i), fmt.Sprint("u", i), 3+i/2, i == 39)
	}
	b.note(&term.Record{ID: "1", Author: "x"}, 99)
	var got []string
	for _, p := range b.Of(ids) {
		if p.Platform != "x" || p.Lang != "en" {
			t.Errorf("got %+v", p)
		}
		got = append(got, p.ID)
	}
	// The first three, and of the others one a minute.
	if want := "38 36 34 32 30 0 1 twice0"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
	v, _ = open("b")
	b.Follow(v)
	if got := b.Of(ids); len(got) > 0 {
		t.Errorf("posts of a trend that is over: %+v", got)
	}
}

func TestBookIsBounded(t *testing.T) {
	keys := make([]string, MaxTerms+10)
	for i := range keys {
		keys[i] = fmt.Sprint("k", i)
	}
	v, ids := open(keys...)
	b := New()
	b.Follow(v)
	for i := range int64(3 * MaxPosts) {
		for _, id := range ids {
			b.note(&term.Record{ID: fmt.Sprint(i), AuthorHash: uint64(i + 1), TS: i * 120e6}, id)
		}
	}
	if got := len(b.Of(ids)); got != MaxTerms*MaxPosts {
		t.Errorf("%d posts", got)
	}
	if n := testing.AllocsPerRun(100, func() { b.note(&term.Record{ID: "1", AuthorHash: 3 * MaxPosts}, ids[0]) }); n > 0 {
		t.Errorf("%g allocations for a post that is passed over", n)
	}
}
