package gauges

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

const firstPane = 2_970_000

func reading(id int, at int64, rank, uses float64) Reading {
	key := fmt.Sprint("id:", id)
	return Reading{
		ID: term.ScopeOf(term.Sound, "charts").ID(key), At: at, Platform: 1, List: "hot",
		Term:   term.Term{Kind: term.Sound, Key: key, Display: key},
		Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: rank}, {Name: "uses", Unit: term.UnitTotal, Value: uses}},
	}
}

// poll is one reading of every term of a list, in which the term `hot` has grown.
func poll(at int64, n int, hot int, grown float64) []Reading {
	var out []Reading
	for i := range n {
		uses := 1e6 * (1 + 0.0005*float64(i))
		if i == hot {
			uses *= grown
		}
		out = append(out, reading(i, at, float64(i+1), uses))
	}
	return out
}

// The term of a list that grows as no other does has the strongest evidence.
func TestGrowthStandsOutAgainstTheList(t *testing.T) {
	b := NewBook()
	grown := 1.0
	var last []Evidence
	for hour := range int64(48) {
		pane := firstPane + 6*hour
		if hour > 40 {
			grown *= 1.3
		}
		last = b.Close(pane, poll(detect.PaneStart(pane)+60, 30, 17, grown), nil, nil)
	}
	if len(last) != 30 {
		t.Fatalf("%d terms of 30 have evidence", len(last))
	}
	var best Evidence
	for _, e := range last {
		if best.Entry == nil || e.Score > best.Score {
			best = e
		}
	}
	if best.Term.Key != "id:17" || best.Score <= 0 {
		t.Errorf("strongest is %s with score %.2f, want id:17", best.Term.Key, best.Score)
	}
	if !best.Flags.Has(detect.FlagGauge) {
		t.Error("evidence from a gauge is not marked as such")
	}
}

// A term that is open is judged at every pane, polled or not; one that nobody
// asks about is not.
func TestOpenTermsAreJudgedBetweenPolls(t *testing.T) {
	b := NewBook()
	b.Close(firstPane, poll(detect.PaneStart(firstPane), 5, 0, 1), nil, nil)
	open := reading(3, 0, 0, 0).ID
	if got := b.Close(firstPane+1, nil, []term.ID{open}, nil); len(got) != 1 || got[0].ID != open {
		t.Errorf("between polls: %d terms judged, want the open one", len(got))
	}
	if got := b.Close(firstPane+2, nil, nil, nil); len(got) != 0 {
		t.Errorf("%d terms judged without a poll", len(got))
	}
}

func TestLateAndRepeatedReadingsAreLeftOut(t *testing.T) {
	b := NewBook()
	at := detect.PaneStart(firstPane)
	b.Close(firstPane, []Reading{reading(1, at+60, 1, 100), reading(1, at+60, 1, 100), reading(1, at+30, 2, 90)}, nil, nil)
	for _, s := range b.Entry(reading(1, 0, 0, 0).ID).Series {
		if len(s.Readings) != 1 {
			t.Errorf("%s: %v", s.Metric, s.Readings)
		}
	}
}

// The book holds the window and no more, and says the last reading of each hour.
func TestBookAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBook()
		type key struct {
			id   int
			hour int64
		}
		lastOf := map[key]float64{} // uses by term and hour
		newest := map[int]int64{}   // time of the newest reading
		pane := int64(firstPane)
		t.Repeat(map[string]func(*rapid.T){
			"poll": func(t *rapid.T) {
				pane++
				id := rapid.IntRange(0, 5).Draw(t, "term")
				at := detect.PaneStart(pane) + rapid.Int64Range(0, 599).Draw(t, "second")
				uses := float64(rapid.IntRange(1, 1000).Draw(t, "uses"))
				b.Close(pane, []Reading{reading(id, at, 1, uses)}, nil, nil)
				lastOf[key{id, at / 3600}], newest[id] = uses, at
			},
			"pause": func(t *rapid.T) {
				pane += rapid.Int64Range(1, 300).Draw(t, "panes")
				b.Close(pane, nil, nil, nil)
			},
			"forget": func(t *rapid.T) {
				b.Forget(pane)
				oldest := detect.PaneStart(pane+1) - keepSeconds
				for id, at := range newest {
					if held := b.Entry(reading(id, 0, 0, 0).ID) != nil; held != (at >= oldest) {
						t.Fatalf("term %d, last read %d s before the window's start: held %v", id, oldest-at, held)
					}
				}
			},
			"reload": func(t *rapid.T) {
				enc, err := b.AppendBinary(nil)
				if err != nil {
					t.Fatal(err)
				}
				again, err := Decode(enc)
				if err != nil {
					t.Fatal(err)
				}
				enc2, err := again.AppendBinary(nil)
				if err != nil || !bytes.Equal(enc, enc2) {
					t.Fatalf("encodes differently after a round trip: %v", err)
				}
				b = again
			},
			"": func(t *rapid.T) {
				hour := detect.HourOf(pane)
				for _, p := range b.Hour(hour) {
					if p.Metric != "uses" {
						continue
					}
					var id int
					fmt.Sscanf(p.Term.Key, "id:%d", &id)
					if want := lastOf[key{id, hour}]; p.Value != want {
						t.Fatalf("term %d: last reading of the hour %v, want %v", id, p.Value, want)
					}
				}
			},
		})
	})
}

func FuzzDecode(f *testing.F) {
	b := NewBook()
	b.Close(firstPane, poll(detect.PaneStart(firstPane), 3, 0, 1), nil, nil)
	enc, err := b.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(enc)
	f.Add([]byte(`{"Version":1,"Entries":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		b.Forget(firstPane + 1000)
		b.Close(firstPane+2000, poll(detect.PaneStart(firstPane+2000), 3, 0, 1), nil, nil)
	})
}

// depth returns how deep the list of poll is.
func depth(b *Book) int {
	polls := b.lists[listKey{1, "hot"}].Polls
	return polls[len(polls)-1].Depth
}

// A poll that runs over the end of a pane is one poll.
func TestPollOverThePaneEndIsOneList(t *testing.T) {
	b := NewBook()
	at := detect.PaneStart(firstPane+1) - 2
	all := poll(at, 50, 0, 1)
	b.Close(firstPane, all[:45], nil, nil)
	b.Close(firstPane+1, all[45:], nil, nil)
	if got := depth(b); got != 50 {
		t.Errorf("size %d, want 50", got)
	}
	for pane := int64(firstPane + 2); pane < firstPane+5; pane++ {
		b.Close(pane, poll(detect.PaneStart(pane), 50, 0, 1), nil, nil)
		if got := depth(b); got != 50 {
			t.Errorf("size %d of a list of 50 that is read in every pane", got)
		}
	}
}

// Lists that are polled no more are forgotten with their terms, and a flood of
// terms is refused rather than remembered.
func TestBookIsBounded(t *testing.T) {
	b := NewBook()
	for day := range int64(20) {
		pane := firstPane + day*detect.PanesPerDay
		r := reading(1, detect.PaneStart(pane), 1, 5)
		r.List = fmt.Sprint("list of day ", day)
		b.Close(pane, []Reading{r}, nil, nil)
		b.Forget(pane)
	}
	if len(b.lists) != 20 {
		t.Errorf("%d lists remembered within four weeks", len(b.lists))
	}
	pane := int64(firstPane + 50*detect.PanesPerDay)
	var lists []Reading
	for n := range 3 * MaxLists {
		r := reading(1, detect.PaneStart(pane), 1, 5)
		r.List = fmt.Sprint("list ", n)
		lists = append(lists, r)
	}
	b.Forget(pane)
	if len(b.lists) > 0 {
		t.Errorf("%d lists remembered after four weeks", len(b.lists))
	}
	b.Close(pane, lists, nil, nil)
	if e := b.Entry(lists[0].ID); len(e.Series) > MaxSeries || len(b.lists) > MaxLists {
		t.Errorf("%d series of one term, %d lists", len(e.Series), len(b.lists))
	}
	pane = int64(firstPane + 100*detect.PanesPerDay)
	b.Forget(pane)
	var flood []Reading
	for id := range MaxTerms + 10 {
		flood = append(flood, reading(id, detect.PaneStart(pane), 1, 5))
	}
	b.Close(pane, flood, nil, nil)
	if b.Len() > MaxTerms || b.Refused() < 10 {
		t.Errorf("%d terms, %d refused", b.Len(), b.Refused())
	}
}
