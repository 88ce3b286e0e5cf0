package serve

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// voiceLists are the lists of a world: one that is made within an hour and one that is made as one
// begins, one with a phrase that leaves posts out, one whose mentions are not counted.
var voiceLists = []watch.Draft{
	{Name: "ours", Title: "Ours", Purpose: watch.Brand, Since: start.Add(10*time.Hour + 20*time.Minute), Terms: []watch.Term{
		{Kind: term.Hashtag, Spelling: "#cola"}, {Kind: term.Hashtag, Spelling: "#zero", Platforms: []string{"tiktok"}}, {Kind: term.Sound, Spelling: "jingle"},
	}},
	{Name: "theirs", Since: start.Add(15 * time.Hour), Terms: []watch.Term{{Kind: term.Hashtag, Spelling: "rival"}}},
	{Name: "texts", Since: start.Add(10 * time.Hour), Terms: []watch.Term{{Kind: term.Hashtag, Spelling: "cola"}},
		Phrases: []watch.Phrase{{Spelling: "cola"}}, Exclude: []string{"oven"}},
	{Name: "later", Terms: []watch.Term{{Kind: term.Hashtag, Spelling: "zero"}}},
}

func voiceList(name string) *watch.Draft {
	i := slices.IndexFunc(voiceLists, func(d watch.Draft) bool { return d.Name == name })
	return &voiceLists[i]
}

// voiceHours is how long the stream is: it ends within the hour after them.
const voiceHours = 18

const voicePanes = voiceHours*detect.PanesPerHour + 3

// voiceStream returns the posts of a pane. Each mentions the lists that are counted by then.
func voiceStream(pane int) []term.Record {
	base := start.Unix() + int64(pane)*detect.PaneSeconds
	var out []term.Record
	for i := range 14 {
		rec := term.Record{TS: (base + int64(i)) * 1e6, Platform: "tiktok", ID: fmt.Sprintf("v%d-%d", pane, i), Author: fmt.Sprintf("a%d", (pane*5+i*11)%89)}
		if i%3 == 0 {
			rec.Platform = "reddit"
		}
		switch (pane*3 + i*5) % 7 {
		case 0:
			rec.Tags = []string{"cola", "zero"}
		case 1:
			rec.Tags = []string{"Co_la"}
		case 2:
			rec.Tags = []string{"rival", "cola"}
		case 3:
			rec.Tags = []string{"zero"}
		case 4:
			rec.Tags = []string{"rival"}
		default:
			rec.Tags = []string{"other"}
		}
		for _, name := range mentionedIn(&rec) {
			if since := voiceList(name).Since; !since.IsZero() && rec.TS >= since.UnixMicro() {
				rec.Watches = append(rec.Watches, name)
			}
		}
		out = append(out, rec)
	}
	return out
}

// mentionedIn returns the lists that a post mentions.
func mentionedIn(r *term.Record) (lists []string) {
	cola, zero := slices.Contains(r.Tags, "cola") || slices.Contains(r.Tags, "Co_la"), slices.Contains(r.Tags, "zero")
	if cola || zero && r.Platform == "tiktok" {
		lists = append(lists, "ours")
	}
	if slices.Contains(r.Tags, "rival") {
		lists = append(lists, "theirs")
	}
	if cola {
		lists = append(lists, "texts")
	}
	if zero {
		lists = append(lists, "later")
	}
	return lists
}

// voiceWorld has seen the stream; truth are the mentions of list and platform by hour.
type voiceWorld struct {
	world
	truth map[string]map[int64]float64
}

var theVoiceWorld = sync.OnceValues(func() (*voiceWorld, error) {
	dir, err := os.MkdirTemp("", "swell-voice")
	if err != nil {
		return nil, err
	}
	atExit(func() error { return os.RemoveAll(dir) })
	opt := engine.DefaultOptions()
	opt.Window.Memory = 8 << 20
	e, err := engine.New(opt)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(dir, store.Options{MinFree: -1})
	if err != nil {
		return nil, err
	}
	w := &voiceWorld{world{e, st}, map[string]map[int64]float64{}}
	atExit(w.close)
	kept, last := make(chan error, 1), make(chan int64, 1)
	go func() { kept <- w.keep(last) }()
	for pane := range voicePanes {
		for _, rec := range voiceStream(pane) {
			for _, name := range mentionedIn(&rec) {
				of := name + " " + rec.Platform
				if w.truth[of] == nil {
					w.truth[of] = map[int64]float64{}
				}
				w.truth[of][rec.TS/1e6/hourSeconds]++
			}
			e.Observe(&rec)
		}
	}
	last <- e.Flush()
	return w, <-kept
})

func voiceServer(t *testing.T) (*Server, *voiceWorld) {
	t.Helper()
	w, err := theVoiceWorld()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{
		Source: w.engine, History: w.store, Nonce: "test", Version: "1.2.3", Clock: func() time.Time { return start.Add((voiceHours + 1) * time.Hour) },
	})
	for _, d := range voiceLists {
		d.Changed = start
		l, err := watch.Make(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, fault, err := s.watches.put(l, nobodyMinds); fault != nil || err != nil {
			t.Fatal(fault, err)
		}
	}
	return s, w
}

// mentioned returns how often a list was mentioned in from ≤ hour < to.
func (w *voiceWorld) mentioned(list, platform string, from, to int64) (sum float64) {
	for _, p := range []string{"tiktok", "reddit"} {
		for hour := from; hour < to && (platform == "" || platform == p); hour++ {
			sum += w.truth[list+" "+p][hour]
		}
	}
	return sum
}
