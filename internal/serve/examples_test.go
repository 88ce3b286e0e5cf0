package serve

import (
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/term"
)

func TestExamplesOfATerm(t *testing.T) {
	opt := fixedOptions(t)
	e, err := engine.New(engine.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	opt.Examples = example.New()
	e.Follow(opt.Examples.Follow(opt.Source.View()))
	post := func(id string, second int64) {
		e.Observe(&term.Record{TS: (fixedAsOf + second) * 1e6, Platform: "tiktok", ID: id, Author: id, Lang: "en", Tags: []string{"BookTok"}})
	}
	post("7370000000000000001", 1)
	post("not a number", 2)
	s := newServer(t, opt)
	got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok").Examples
	want := []api.Example{
		{Platform: "tiktok", TS: unix(fixedAsOf + 2), ID: "not a number", Lang: "en"},
		{Platform: "tiktok", TS: unix(fixedAsOf + 1), ID: "7370000000000000001", URL: "https://www.tiktok.com/player/v1/7370000000000000001", Lang: "en"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/booktok?platform=reddit").Examples; len(got) > 0 {
		t.Errorf("got %+v of another platform", got)
	}
}
