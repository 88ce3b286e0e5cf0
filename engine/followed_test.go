package engine

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

func TestFollowedTermsAreTold(t *testing.T) {
	opt := DefaultOptions()
	opt.Window.Memory = 8 << 20
	e, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var got []string
	told := func(rec *term.Record, id term.ID) { got = append(got, fmt.Sprintf("%s %x", rec.ID, uint64(id))) }
	a, b := term.ScopeOf(term.Hashtag, "x").ID("a"), term.ScopeOf(term.Keyword, "x").ID("b")
	post := func(id, platform string, minute int64, tags ...string) {
		e.Observe(&term.Record{TS: (1e9 + minute*60) * 1e6, Platform: platform, ID: id, Author: "u", Tags: tags, Keywords: []string{"b"}})
	}
	post("before", "x", 0, "a")
	e.Follow(NewFollowed([]term.ID{a, b}, told))
	post("first", "x", 1, "A", "c")
	post("first", "x", 2, "A")    // a duplicate
	post("other", "y", 2, "a")    // the terms of another platform
	post("later", "x", 200, "c")  // one of them
	post("too late", "x", 1, "a") // its pane is closed
	e.Follow(NewFollowed(nil, told))
	post("none", "x", 201, "a")
	e.Follow(nil)
	post("nobody", "x", 202, "a")
	want := []string{fmt.Sprintf("first %x", uint64(a)), fmt.Sprintf("first %x", uint64(b)), fmt.Sprintf("later %x", uint64(b))}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFollowedAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ids := rapid.SliceOf(rapid.Map(rapid.Uint64(), func(n uint64) term.ID { return term.ID(n) }))
		in, others := ids.Draw(rt, "in"), ids.Draw(rt, "others")
		f := NewFollowed(in, nil)
		for _, id := range slices.Concat(in, others, []term.ID{0, 1<<64 - 1}) {
			if f.has(id) != slices.Contains(in, id) {
				rt.Fatalf("has %x: %v", uint64(id), f.has(id))
			}
		}
	})
}
