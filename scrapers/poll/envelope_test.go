package poll

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
)

func TestCursorsAreKeptAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cursor := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "cursor")
		at := time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")).UTC()
		if at.UnixMicro() == 0 {
			at = time.Time{}
		}
		kept, err := seal(at, cursor)
		if err != nil || len(kept) > scrapers.MaxCursor {
			t.Fatal(err)
		}
		gotAt, got, err := open(kept)
		if err != nil || !gotAt.Equal(at) || !bytes.Equal(got, cursor) {
			t.Fatalf("%v %q became %v %q, %v", at, cursor, gotAt, got, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("1763740000000000\n{}"))
	f.Add([]byte("0\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, kept []byte) {
		at, cursor, err := open(kept)
		if err != nil {
			return
		}
		if again, err := seal(at, cursor); err == nil {
			if at2, cursor2, err := open(again); err != nil || !at2.Equal(at) || !bytes.Equal(cursor, cursor2) {
				t.Fatalf("%q became %q", kept, again)
			}
		}
	})
}

// Seen behaves like a list of the newest MaxSeen items in the order in which they were last met.
func TestSeenAgainstAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Seen
		var model []string
		for range rapid.IntRange(0, 5).Draw(t, "rounds") {
			from, n := rapid.IntRange(0, 6000).Draw(t, "from"), rapid.IntRange(0, 1600).Draw(t, "n")
			for i := from; i < from+n; i++ {
				id := fmt.Sprint(i)
				at := slices.Index(model, id)
				if isNew := s.Add(id); isNew != (at < 0) {
					t.Fatalf("%s is new: %t; the list has it at %d", id, isNew, at)
				}
				if at >= 0 {
					model = slices.Delete(model, at, at+1)
				}
				model = append(model, id)
				model = model[max(0, len(model)-MaxSeen):]
			}
			kept, err := json.Marshal(s)
			if err != nil || len(kept) > 13_340 {
				t.Fatalf("%d bytes, %v", len(kept), err)
			}
			s = Seen{}
			if err := json.Unmarshal(kept, &s); err != nil || s.Len() != len(model) {
				t.Fatalf("%d items came back of %d: %v", s.Len(), len(model), err)
			}
		}
	})
}

func TestDamagedSeen(t *testing.T) {
	for _, text := range []string{`"!"`, `"AAAA"`, `"2:AAAA"`, `"2:!"`, `"3:"`, fmt.Sprintf("%q", bytes.Repeat([]byte("AAAA"), 10_000))} {
		var s Seen
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%.20s is taken", text)
		}
	}
}

// Lists of half of MaxSeen are met item by item, whatever came and whatever went.
func TestSeenListsOfHalfItsSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = MaxSeen / 2
		var s Seen
		top := 0 // one more than the newest item so far
		for range rapid.IntRange(1, 5).Draw(t, "rounds") {
			before := top
			top = max(most, top+rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, most)).Draw(t, "came"))
			for i := top - 1; i >= top-most; i-- { // the newest first
				if isNew := s.Add(fmt.Sprint(i)); isNew != (i >= before) {
					t.Fatalf("item %d is new: %t; those up to %d were there before", i, isNew, before)
				}
			}
		}
	})
}

// Cursors that were kept with 64 bits of each item are still understood.
func TestSeenOfTheFormBefore(t *testing.T) {
	var s Seen
	if err := json.Unmarshal([]byte(`"H06WHrYyxuY/hNhEHAtaV0aAOmSvtB85"`), &s); err != nil || s.Len() != 3 {
		t.Fatal(s.Len(), err)
	}
	for _, id := range []string{"a", "b", "https://a.example/1"} {
		if s.Add(id) {
			t.Errorf("%s is new", id)
		}
	}
	kept, err := json.Marshal(s)
	if err != nil || string(kept) != `"2:H06WHrY/hNhEHEaAOmSv"` {
		t.Errorf("it is kept as %s, %v", kept, err)
	}
}

func FuzzSeen(f *testing.F) {
	f.Add([]byte("2:"))
	f.Add([]byte("2:AAAAAAA"))
	f.Add([]byte("AAAAAAAAAAA"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s, again Seen
		if s.UnmarshalText(text) != nil {
			return
		}
		kept, err := s.MarshalText()
		if err != nil || again.UnmarshalText(kept) != nil || !slices.Equal(s.hashes, again.hashes) {
			t.Fatalf("%q became %q, %v", text, kept, err)
		}
	})
}
