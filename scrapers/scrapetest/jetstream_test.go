package scrapetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCrowd cuts a stretch of time in different ways: the posts are the same.
func TestCrowd(t *testing.T) {
	posts := Crowd(333, 7)
	from := time.Date(2026, 11, 28, 9, 0, 0, 500, time.UTC)
	whole := posts(from, from.Add(3*time.Second))
	if len(whole) < 998 || len(whole) > 1000 {
		t.Fatalf("%d posts in three seconds", len(whole))
	}
	var cut []Post
	at := from
	for _, step := range []time.Duration{1, time.Millisecond, 0, 700 * time.Millisecond, 3 * time.Millisecond / 2, 3 * time.Second} {
		to := at.Add(step)
		if end := from.Add(3 * time.Second); to.After(end) {
			to = end
		}
		cut = append(cut, posts(at, to)...)
		at = to
	}
	if d := cmp.Diff(whole, cut); d != "" {
		t.Error(d)
	}
	for i, p := range whole {
		if p.At.Before(from) || !p.At.Before(from.Add(3*time.Second)) || i > 0 && !whole[i-1].At.Before(p.At) {
			t.Errorf("post %d is at %v", i, p.At)
		}
	}
}

// TestJetstreamEvents reads the events by encoding/json.
func TestJetstreamEvents(t *testing.T) {
	p := Post{At: time.Unix(1.8e9, 0), ID: "x1", Author: "ada", Lang: "de", Text: "a \"b\"\n#Üben, #zwei", Tags: []string{"drei"}, Link: "https://example.org/a/long/path/to/it"}
	for name, b := range map[string][]byte{
		"post": appendPost(nil, &p, "create"), "delete": appendDelete(nil, &p), "like": appendLike(nil, &p),
		"identity": appendIdentity(nil, &p), "account": appendAccount(nil, &p),
	} {
		if !json.Valid(b) {
			t.Errorf("%s is no JSON: %s", name, b)
		}
	}
	if len(JetstreamDictionary()) == 0 {
		t.Error("there is no dictionary")
	}
}

func BenchmarkJetstreamPost(b *testing.B) {
	posts := Crowd(20_000, 1)
	at := time.Unix(1.8e9, 0)
	var buf []byte
	b.ReportAllocs()
	for n := 0; n < b.N; {
		for _, p := range posts(at, at.Add(time.Second)) {
			buf = appendPost(buf[:0], &p, "create")
			n++
		}
	}
}
