package note

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/internal/store"
)

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func openStore(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, store.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func open(t *testing.T, drawer Drawer) *Book {
	t.Helper()
	b, damaged, err := Open(drawer)
	if err != nil || len(damaged) > 0 {
		t.Fatal(err, damaged)
	}
	return b
}

func TestNotesAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	b := open(t, s)
	first, err := b.Add(api.Note{ID: "mine", Kind: "hashtag", Key: "#BookTok", Text: "  one\n\ttwo\u202e\x07 ", Made: start.Add(-time.Hour)}, start.Add(time.Nanosecond))
	want := api.Note{ID: "n000000000001", Kind: "hashtag", Key: "booktok", At: start, Text: "one two", Made: start}
	if err != nil || first != want {
		t.Fatalf("got %+v, %v", first, err)
	}
	before, err := b.Add(api.Note{Kind: "sound", Key: "id:douyin:7", At: start.Add(-time.Hour), Text: "before"}, start)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Notes(Query{}); !slices.Equal(got, []api.Note{before, first}) {
		t.Errorf("got %+v", got)
	}
	if err := b.Drop(before.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Drop(before.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, openStore(t, dir))
	if got := b.Notes(Query{}); !slices.Equal(got, []api.Note{first}) {
		t.Errorf("got %+v", got)
	}
	third, err := b.Add(api.Note{Kind: "hashtag", Key: "a", Text: "x"}, start)
	if err != nil || third.ID != "n000000000003" {
		t.Errorf("an ID came twice, or none: %+v, %v", third, err)
	}
}

func TestDamagedNotesCostThemselvesAlone(t *testing.T) {
	s := openStore(t, t.TempDir())
	b := open(t, s)
	for range 3 {
		if _, err := b.Add(api.Note{Kind: "hashtag", Key: "a", Text: "x"}, start); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutItems(store.Item{Key: prefixNote + "n000000000003", Value: []byte("{")}, store.Item{Key: keyLast}); err != nil {
		t.Fatal(err)
	}
	b, damaged, err := Open(s)
	if err != nil || len(damaged) != 1 || !errors.Is(damaged[0], ErrCorrupt) || len(b.Notes(Query{})) != 2 {
		t.Fatalf("got %v, %v", damaged, err)
	}
	if n, err := b.Add(api.Note{Kind: "hashtag", Key: "a", Text: "x"}, start); err != nil || n.ID != "n000000000004" {
		t.Errorf("got %+v, %v", n, err)
	}
}

func TestWhatIsNoNote(t *testing.T) {
	b := open(t, nil)
	for _, n := range []api.Note{
		{Kind: "post", Key: "a", Text: "x"}, {Kind: "hashtag", Key: "#", Text: "x"}, {Kind: "hashtag", Key: strings.Repeat("a", 1<<20), Text: "x"},
		{Kind: "hashtag", Key: "a", Text: " \n\u202e"}, {Kind: "hashtag", Key: "a", Text: strings.Repeat("é", MaxText+1)},
	} {
		if _, err := b.Add(n, start); !errors.Is(err, ErrInvalid) || len(err.Error()) > 1000 {
			t.Errorf("%.80v: %v", n, err)
		}
	}
	for i := range MaxNotes {
		if _, err := b.Add(api.Note{Kind: "hashtag", Key: "a", Text: fmt.Sprint(i)}, start); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Add(api.Note{Kind: "hashtag", Key: "a", Text: "x"}, start); !errors.Is(err, ErrLimit) {
		t.Errorf("got %v", err)
	}
}

// TestBookAgainstModel holds a book against a plain list.
func TestBookAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, _, err := Open(nil)
		if err != nil {
			rt.Fatal(err)
		}
		var model []api.Note
		at := rapid.Custom(func(t *rapid.T) time.Time {
			return start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "hour")) * time.Hour)
		})
		keys := rapid.SampledFrom([]string{"a", "b"})
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n, err := b.Add(api.Note{Kind: "hashtag", Key: keys.Draw(t, "key"), At: at.Draw(t, "at"), Text: rapid.String().Draw(t, "text")}, start)
				if errors.Is(err, ErrInvalid) {
					return
				}
				if err != nil || n.Text != console.Printable(n.Text) || !utf8.ValidString(n.Text) || n.Text == "" {
					t.Fatalf("got %+v, %v", n, err)
				}
				model = append(model, n)
			},
			"drop": func(t *rapid.T) {
				if len(model) == 0 {
					return
				}
				i := rapid.IntRange(0, len(model)-1).Draw(t, "which")
				if err := b.Drop(model[i].ID); err != nil {
					t.Fatal(err)
				}
				model = slices.Delete(model, i, i+1)
			},
			"": func(t *rapid.T) {
				q := Query{Kind: "hashtag", Key: keys.Draw(t, "asked"), From: at.Draw(t, "from"), To: at.Draw(t, "to"), Limit: rapid.IntRange(1, 9).Draw(t, "limit")}
				want := []api.Note{}
				for _, n := range model {
					if n.Key == q.Key && !n.At.Before(q.From) && n.At.Before(q.To) {
						want = append(want, n)
					}
				}
				slices.SortFunc(want, func(a, b api.Note) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
				want = want[max(0, len(want)-q.Limit):]
				if got := b.Notes(q); !slices.Equal(got, want) {
					t.Fatalf("got %+v, want %+v", got, want)
				}
			},
		})
	})
}
