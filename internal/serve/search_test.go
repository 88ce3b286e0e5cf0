package serve

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// shelf is a history whose dictionary is a list.
type shelf struct {
	History
	terms []store.Term
	whole bool
}

func (h shelf) Search(q store.Search) (out []store.Match, all bool, err error) {
	w := want(q.Key)
	for _, t := range h.terms {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, t.Kind) || len(q.Platforms) > 0 && !slices.Contains(q.Platforms, t.Platform) {
			continue
		}
		if l := w.likeness(&term.Term{Kind: t.Kind, Key: t.Key, Display: t.Display}); l != 0 && len(out) < q.Limit {
			out = append(out, store.Match{Term: t, Likeness: l})
		}
	}
	return out, h.whole, nil
}

// shelved returns a history and a source that know some terms beyond the open trends.
func shelved(t testing.TB) Options {
	opt, source := fixedOptions(t), fixedSource()
	h := shelf{History: opt.History, whole: true}
	source.posts = map[term.ID]uint64{}
	for i, name := range []string{"booktok", "book_tok", "booktoks", "booktokgermany", "boktok", "bookotk", "bookclub", "books", "book"} {
		for _, platform := range []string{"tiktok", "reddit"} {
			if platform == "reddit" && i%2 == 1 {
				continue
			}
			id := term.ScopeOf(term.Hashtag, platform).ID(name)
			h.terms = append(h.terms, store.Term{ID: id, Kind: term.Hashtag, Platform: platform, Key: name, Display: strings.ToUpper(name), FirstSeen: start.UnixMicro()})
			source.posts[id] = uint64(100*i + len(platform))
		}
	}
	h.terms = append(h.terms, store.Term{ID: 1, Kind: term.Hashtag, Platform: "x", Key: "booktok", FirstSeen: (fixedAsOf + 1) * 1e6})
	opt.History, opt.Source = h, source
	return opt
}

func TestSearch(t *testing.T) {
	s := newServer(t, shelved(t))
	for query, want := range map[string][]string{
		"q=BookTok&platform=tiktok":                    {"exact booktok", "group book_tok", "prefix booktokgermany", "prefix booktoks", "typo bookotk", "typo boktok"},
		"q=%23BOOK-TOK&platform=reddit":                {"group booktok", "prefix booktoks", "typo boktok"},
		"q=book&limit=3":                               {"exact book", "exact book", "prefix books"},
		"q=ookclub&platform=tiktok":                    {"typo bookclub"},
		"q=bo&limit=1&platform=reddit":                 {"prefix book"},
		"q=boko":                                       {}, // too short for a typo
		"q=espresso":                                   {"prefix id:douyin:7481"},
		"q=sound:artist":                               {"prefix id:douyin:7481"},
		"q=id:douyin:7481":                             {"exact id:douyin:7481"},
		"q=sound:id:douyin:7481":                       {"exact id:douyin:7481"},
		"q=https://www.example.com/a/series%3Fpage%3D": {"prefix example.com/a/series?page=2"},
		"q=example.com&kind=link,sound":                {"prefix example.com/a/series?page=2"},
		"q=espresso&kind=hashtag":                      {},
	} {
		got := ask[api.SearchAnswer](t, s, "/api/v1/search?"+query)
		names := []string{}
		for _, f := range got.Terms {
			names = append(names, f.Match+" "+f.Key)
		}
		if !slices.Equal(names, want) || !got.Complete || got.Total < len(got.Terms) {
			t.Errorf("%s: got %q, want %q", query, names, want)
		}
	}
	first := ask[api.SearchAnswer](t, s, "/api/v1/search?q=booktok&platform=tiktok").Terms[0]
	if first.Phase != "rising" || first.Term != "BookTok" || first.Posts != 6 {
		t.Errorf("got %+v", first)
	}
}

// TestSearchWithoutStore finds what is open.
func TestSearchWithoutStore(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = nil
	got := ask[api.SearchAnswer](t, newServer(t, opt), "/api/v1/search?q=booktok")
	if len(got.Terms) != 2 || got.Terms[0].Key != "booktok" || got.Terms[1].Match != "group" || !got.Complete {
		t.Errorf("got %+v", got)
	}
}

func TestSearchProblems(t *testing.T) {
	s := newServer(t, shelved(t))
	for _, c := range []struct{ query, kind, at, has string }{
		{"", api.ProblemInvalidParameter, "q", "letters or digits"},
		{"q=%23", api.ProblemInvalidParameter, "q", "nothing to look for"},
		{"q=%23a&kind=sound", api.ProblemInvalidParameter, "kind", "leave one of them out"},
		{"q=a&kind=tag", api.ProblemInvalidParameter, "kind", "hashtag, sound"},
		{"q=a&limit=201", api.ProblemInvalidParameter, "limit", "1 to 200"},
		{"q=a&q=b", api.ProblemInvalidParameter, "q", "once"},
		{"q=a&sort=posts", api.ProblemUnknownParameter, "sort", "kind, limit, platform, q"},
	} {
		p := problemOf(t, do(s, "GET", "/api/v1/search?"+c.query))
		if p.Type != c.kind || p.Parameter != c.at || !strings.Contains(p.Detail, c.has) {
			t.Errorf("%s: got %+v", c.query, p)
		}
	}
	opt := shelved(t)
	opt.Source = busyPosts{opt.Source}
	if p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/search?q=a")); p.Type != api.ProblemBusy {
		t.Errorf("got %+v", p)
	}
}

// busyPosts is a source whose owners do not come to answer.
type busyPosts struct{ Source }

func (busyPosts) Posts(context.Context, []term.ID) ([]uint64, error) {
	return nil, context.DeadlineExceeded
}

// distance is the plain dynamic programme of optimal string alignment (Damerau 1964).
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestNearly(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abñ語")), 0, 6, -1)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := word.Draw(rt, "a"), word.Draw(rt, "b")
		if got, want := nearly([]byte(a), []byte(b)), distance([]rune(a), []rune(b)) == 1; got != want {
			rt.Fatalf("%q and %q: got %t, want %t", a, b, got, want)
		}
	})
}

// TestSearchOrder draws dictionaries and sees that the list is in order and has each term
// once.
func TestSearchOrder(t *testing.T) {
	opt := fixedOptions(t)
	rank := map[string]int{"exact": 0, "group": 1, "prefix": 2, "typo": 3}
	rapid.Check(t, func(rt *rapid.T) {
		source, h := fixedSource(), shelf{History: opt.History, whole: rapid.Bool().Draw(rt, "whole")}
		source.posts = map[term.ID]uint64{}
		for range rapid.IntRange(0, 30).Draw(rt, "terms") {
			key := rapid.StringMatching("book[a-c_]{0,3}").Draw(rt, "key")
			id := term.ScopeOf(term.Hashtag, "x").ID(key)
			h.terms = append(h.terms, store.Term{ID: id, Kind: term.Hashtag, Platform: "x", Key: key})
			source.posts[id] = rapid.Uint64Range(0, 3).Draw(rt, "posts")
		}
		o := opt
		o.Source, o.History = source, h
		got := ask[api.SearchAnswer](t, newServer(t, o), "/api/v1/search?q=book&limit=7")
		if got.Complete != h.whole || len(got.Terms) != min(7, got.Total) {
			rt.Fatalf("complete %t, %d of %d", got.Complete, len(got.Terms), got.Total)
		}
		met := map[string]bool{}
		for i, f := range got.Terms {
			name := f.Kind + f.Platform + f.Key
			if met[name] {
				rt.Fatalf("%s is there twice", name)
			}
			met[name] = true
			if i > 0 {
				b := got.Terms[i-1]
				if rank[b.Match] > rank[f.Match] || b.Match == f.Match && b.Posts < f.Posts {
					rt.Fatalf("%+v stands before %+v", b, f)
				}
			}
		}
	})
}
