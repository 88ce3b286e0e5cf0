package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/swell-radar/swell/term"
)

// Terms asked for together have the posts that each has alone.
func TestPostsOfManyTerms(t *testing.T) {
	recs := smallWorld(t, 3, 2)
	e, _ := replayAll(t, options(4), recs)
	var ids []term.ID
	var want []uint64
	known := 0
	for i := range recs {
		for _, tag := range recs[i].Tags {
			key, platform := term.KeyOf(term.Hashtag, tag), recs[i].Platform
			ids, want = append(ids, term.ScopeOf(term.Hashtag, platform).ID(key)), append(want, 0)
			counts, err := e.Term(context.Background(), term.Hashtag, key, platform)
			if err != nil {
				t.Fatal(err)
			}
			if len(counts) == 1 && counts[0].Count.Tracked {
				want[len(want)-1] = counts[0].Count.Posts
				known++
			}
		}
	}
	ids, want = append(ids, 1, 2, 3), append(want, 0, 0, 0) // nobody's
	got, err := e.Posts(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ids {
		if got[i] != want[i] {
			t.Errorf("term %d has %d posts, want %d", i, got[i], want[i])
		}
	}
	t.Logf("%d of %d terms are known", known, len(ids))
	if known < asked {
		t.Error("the test shows little")
	}
}

func TestQuestionsEnd(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	collect(t, e)
	if got, err := e.Posts(context.Background(), nil); err != nil || len(got) != 0 {
		t.Errorf("no terms have posts %v, %v", got, err)
	}
	e.Close()
	if _, err := e.Posts(context.Background(), []term.ID{1}); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want %v", err, ErrClosed)
	}
}
