package words

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func brand(t testing.TB, name, purpose string, since int, phrases ...string) *watch.List {
	t.Helper()
	d := watch.Draft{Name: name, Purpose: purpose, Since: start.Add(time.Duration(since) * time.Second)}
	for _, p := range phrases {
		d.Phrases = append(d.Phrases, watch.Phrase{Spelling: p})
	}
	l, err := watch.Make(d)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func post(at time.Time, id, text string, lists ...string) *term.Record {
	return &term.Record{TS: at.UnixMicro(), Platform: "x", ID: id, Text: text, Watches: lists}
}

// No count is too small, none is wrong by more than its own bound or by more than n/Counters, and whatever has no counter
// came no more often than rest says: whatever was let go when it was saved.
func TestSummaryBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s summary
		exact := map[string]uint32{}
		n := 0
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			names := rapid.IntRange(1, 900).Draw(t, "names")
			for _, x := range rapid.SliceOfN(rapid.IntRange(0, 1<<20), 0, 1500).Draw(t, "words") {
				w := fmt.Sprint(x % (1 + x%names)) // small numbers are frequent
				s.add([]byte(w))
				exact[w]++
				n++
			}
			if cut := rapid.IntRange(0, Counters).Draw(t, "cut"); cut < len(s.counters) && rapid.Bool().Draw(t, "saved") {
				s = reloaded(t, s, cut)
			}
			check(t, &s, exact)
		}
	})
}

func check(t *rapid.T, s *summary, exact map[string]uint32) {
	there := map[string]bool{}
	for _, c := range s.counters {
		if x := exact[c.word]; there[c.word] || c.count < x || c.count-c.over > x {
			t.Fatalf("%q came %d times; counted are %d, at most %d too many", c.word, x, c.count, c.over)
		}
		there[c.word] = true
	}
	rest := s.rest()
	for w, x := range exact {
		if !there[w] && x > rest {
			t.Fatalf("%q has no counter and came %d times, more than %d", w, x, rest)
		}
	}
}

// reloaded is the summary as it is read again after it was saved with so many counters.
func reloaded(t *rapid.T, s summary, most int) summary {
	l := &list{name: "a", newest: 1000}
	l.hours[1000%Hours] = hour{hour: 1000, posts: 1 << 20, summary: s}
	r := reader{rest: l.appendPlain(nil, most)}
	back := r.list()
	if r.err != "" || len(r.rest) > 0 {
		t.Fatal(r.err, len(r.rest))
	}
	return back.hours[1000%Hours].summary
}

// A stream as words come keeps to the bound of the paper.
func TestSummaryIsAsGoodAsSaid(t *testing.T) {
	var s summary
	exact := map[string]uint32{}
	n := 0
	for i := 1; i <= 200_000; i++ {
		x := uint64(i) * 0x9E3779B97F4A7C15 >> 11
		w := fmt.Sprint(int(math.Exp(float64(x) / (1 << 53) * 9))) // Zipf's law
		s.add([]byte(w))
		exact[w]++
		n++
	}
	var over uint32
	for _, c := range s.counters {
		over = max(over, c.over)
		if c.count < exact[c.word] || c.count-c.over > exact[c.word] {
			t.Fatalf("%q: %+v, came %d times", c.word, c, exact[c.word])
		}
	}
	if bound := uint32(n / Counters); over > bound || s.rest() > bound {
		t.Errorf("counts are wrong by up to %d, and %d are not seen; the bound is %d", over, s.rest(), bound)
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"The RECALL of it: recall, now!":                                "the recall now",
		"see https://a.example/recall?x=poison #poison @poison/x fine":  "see fine",
		"pic.twitter.com/abc www.bad.example/x me@mail.example ok okay": "okay",
		"caf\u00e9 Stra\u00dfe СЫР don't l'usine":                       "café strasse сыр don usine",
		"回収です。メーカー":                                                     "回収 収で です メー ーカ カー",
		"리콜 a 제품":                                                       "리콜 제품",
		"ความปลอดภัย recall":                                            "recall",
		strings.Repeat("x", 31) + " short":                              "short",
		"":                                                              "",
		"\xff\xfe 12 345 a1b2 ...":                                      "",
		"٣٤٥ سَمّ تسمم":                                                 "تسمم",
	} {
		var s splitter
		s.split(text)
		var got []string
		for i := range s.n() {
			got = append(got, string(s.word(i)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("The recall of 回収 in Straße @a #b https://c.example/d x.y")
	f.Add("\xe3\x81 é.com/x \u0301\u0301abc")
	var s splitter
	f.Fuzz(func(t *testing.T, text string) {
		s.split(text)
		met := map[string]bool{}
		for i := range s.n() {
			w := string(s.word(i))
			if w == "" || len(w) > maxBytes || met[w] || strings.ContainsAny(w, " #@\n\x00") {
				t.Fatalf("the word %q of %q", w, text)
			}
			met[w] = true
		}
		if s.n() > maxPerPost {
			t.Fatalf("%d words", s.n())
		}
	})
}

// normal posts of two days, then a burst with new words.
func burst(b *Book, list string) time.Time {
	n := 0
	for h := range 48 {
		for i := range 20 {
			n++
			b.Note(post(start.Add(time.Duration(h)*time.Hour+time.Duration(i)*time.Minute), fmt.Sprint(n),
				fmt.Sprintf("my acme cola number%s tastes good", string(rune('a'+i))), list), math.MaxInt64)
		}
	}
	at := start.Add(48 * time.Hour)
	for i := range 200 {
		n++
		b.Note(post(at.Add(time.Duration(i)*15*time.Second), fmt.Sprint(n),
			fmt.Sprintf("RECALL: glass in acme cola, says %s #scandal", string(rune('a'+i%26))), list), math.MaxInt64)
	}
	return at.Add(time.Hour)
}

func TestWordsOfABurst(t *testing.T) {
	b := New()
	b.Set([]*watch.List{brand(t, "acme", watch.Brand, 0, "Acme Cola"), brand(t, "fun", watch.Niche, 0, "fun")})
	asOf := burst(b, "acme")
	var got []string
	for _, w := range b.Words("acme", asOf) {
		got = append(got, fmt.Sprint(w.Word, " ", w.Posts, " ", w.Over))
		if w.LogLikelihood < Sure {
			t.Errorf("%+v", w)
		}
	}
	if want := []string{"glass 200 0", "recall 200 0", "says 200 0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, when := range []time.Time{asOf.Add(-3 * time.Hour), asOf.Add(100 * time.Hour), {}} {
		if got := b.Words("acme", when); len(got) > 0 {
			t.Errorf("as of %s: %+v", when, got)
		}
	}
	for _, name := range []string{"fun", "none"} {
		if got := b.Words(name, asOf); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A busy list, whose summaries are full: what is told is within its bounds, by an exact count.
func TestWordsAgainstAnExactCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New()
		l, err := watch.Make(watch.Draft{Name: "a", Purpose: watch.Competitor})
		if err != nil {
			t.Fatal(err)
		}
		b.Set([]*watch.List{l})
		exact := map[string]uint64{}
		letters := func(n int) string { return string([]rune{'a' + rune(n%26), 'a' + rune(n/26%26), 'a' + rune(n/676%26)}) }
		for h := range 6 {
			for i := range rapid.IntRange(1, 40).Draw(t, "posts") {
				var words []string
				for _, n := range rapid.SliceOfN(rapid.IntRange(0, 700), 0, 30).Draw(t, "words") {
					words = append(words, letters(n*(n%3)))
				}
				if h > 3 {
					words = append(words, "zzzz")
				}
				b.Note(post(start.Add(time.Duration(h)*time.Hour), fmt.Sprint(h, " ", i), strings.Join(words, " "), "a"), math.MaxInt64)
				if h >= 3 {
					slices.Sort(words)
					for _, w := range slices.Compact(words) {
						exact[w]++
					}
				}
			}
		}
		for _, w := range b.Words("a", start.Add(6*time.Hour)) {
			if x := exact[w.Word]; w.Posts < x || w.Posts-w.Over > x || w.LogLikelihood < Sure {
				t.Fatalf("%+v of %d posts", w, x)
			}
		}
	})
}

func TestWhatIsNotCounted(t *testing.T) {
	b := New()
	b.Set([]*watch.List{brand(t, "acme", watch.Brand, 0, "acme")})
	asOf := burst(b, "acme")
	want := b.Words("acme", asOf)
	b.Note(post(asOf.Add(-time.Minute), "1900", "poison", "other"), math.MaxInt64)
	b.Note(post(asOf.Add(1000*time.Hour), "1901", "poison", "acme"), asOf.UnixMicro()) // its clock is wrong
	for range 500 {
		b.Note(post(asOf.Add(-time.Minute), "1902", "poison", "acme"), math.MaxInt64) // one post, delivered again
	}
	b.Note(post(asOf.Add(-80*time.Hour), "1903", "poison", "acme"), math.MaxInt64) // too late
	if got := b.Words("acme", asOf); slices.ContainsFunc(got, func(w Word) bool { return w.Word == "poison" }) || len(got) != len(want) {
		t.Errorf("got %+v", got)
	}
	if n := testing.AllocsPerRun(100, func() { b.Note(post(asOf, "5", "poison and more", "other"), math.MaxInt64) }); n > 1 { // the record
		t.Errorf("%v allocations for a post that mentions nothing", n)
	}
}

// save keeps what a book saves.
func save(t testing.TB, b *Book, shelf map[int][]byte) (slots int) {
	t.Helper()
	if err := b.Save(func(slot int, value []byte) error {
		if len(value) > MaxValue {
			t.Errorf("%d bytes", len(value))
		}
		shelf[slot] = slices.Clone(value)
		slots++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return slots
}

func TestSavedAndLoaded(t *testing.T) {
	acme, other := brand(t, "acme", watch.Brand, 1, "acme cola"), brand(t, "rival", watch.Competitor, 2, "rival")
	b, shelf := New(), map[int][]byte{}
	b.Set([]*watch.List{other, acme})
	asOf := burst(b, "acme")
	want := b.Words("acme", asOf)
	failed := errors.New("full")
	if err := b.Save(func(int, []byte) error { return failed }); !errors.Is(err, failed) || !strings.Contains(err.Error(), "acme") {
		t.Errorf("got %v", err)
	}
	if n := save(t, b, shelf); n != 1 {
		t.Errorf("saved %d lists, of which one has words", n)
	}
	if n := save(t, b, shelf); n != 0 {
		t.Errorf("saved %d lists again", n)
	}
	shelf[5] = []byte("damaged")
	again := New()
	for slot, value := range shelf {
		if err := again.Load(slot, value); (err != nil) != (slot == 5) || err != nil && !errors.Is(err, ErrNewer) {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
	again.Set([]*watch.List{other, acme})
	if got := again.Words("acme", asOf); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	again.Set([]*watch.List{other})
	if n := save(t, again, shelf); n != 1 || len(shelf[0]) != 0 {
		t.Errorf("saved %d; of the list that is gone %d bytes are left", n, len(shelf[0]))
	}
	if again.Words("acme", asOf) != nil {
		t.Error("words of a list that is gone")
	}
}

// Of more lists than words are counted of, those count that are there for the longest.
func TestAtMostSoManyLists(t *testing.T) {
	var lists []*watch.List
	for i := range MaxLists + 5 {
		lists = append(lists, brand(t, fmt.Sprintf("l%03d", 999-i), watch.Brand, i, "acme"))
	}
	b := New()
	b.Set(lists)
	names := slices.Sorted(maps.Keys(*b.lists.Load()))
	if len(names) != MaxLists || names[0] != "l936" {
		t.Errorf("%d lists from %s on", len(names), names[0])
	}
	b.Set(nil)
	b.Set(lists[5:])
	if n := len(*b.lists.Load()); n != MaxLists {
		t.Errorf("%d lists", n)
	}
}

// The most that there can be of a list fits into a value, and bounds hold for what is left of it.
func TestTheLargestList(t *testing.T) {
	b, shelf := New(), map[int][]byte{}
	b.Set([]*watch.List{brand(t, "acme", watch.Brand, 1, "acme")})
	x := uint64(1)
	for h := range Hours {
		for p := range 4 {
			var text strings.Builder
			for range maxPerPost {
				for range 20 {
					x = x*6364136223846793005 + 1442695040888963407
					text.WriteByte('a' + byte(x>>59)%26)
				}
				text.WriteByte(' ')
			}
			b.Note(post(start.Add(time.Duration(h)*time.Hour), fmt.Sprint(h, p), text.String(), "acme"), math.MaxInt64)
		}
	}
	if save(t, b, shelf); len(shelf[0]) < MaxValue/8 {
		t.Errorf("%d bytes: the test shows nothing", len(shelf[0]))
	}
	if err := New().Load(0, shelf[0]); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	b := New()
	lists := []*watch.List{brand(t, "acme", watch.Brand, 1, "acme"), brand(t, "rival", watch.Competitor, 2, "rival")}
	b.Set(lists)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 300 {
				b.Note(post(start.Add(time.Duration(i)*time.Minute), fmt.Sprint(g, i), "glass in it", "acme", "rival"), math.MaxInt64)
			}
		})
	}
	all.Go(func() {
		for i := range 30 {
			b.Set(lists[i%2:])
			b.Words("rival", start.Add(5*time.Hour))
			if err := b.Save(func(int, []byte) error { return nil }); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	var posts uint32
	for _, x := range (*b.lists.Load())["rival"].hours {
		posts += x.posts
	}
	if posts != 1200 {
		t.Errorf("%d posts of 1200", posts)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds the stored form to what was once looked at. What zstd makes of it may change.
func TestGolden(t *testing.T) {
	const file = "testdata/words-1"
	b := New()
	b.Set([]*watch.List{brand(t, "acme", watch.Brand, 0, "acme cola")})
	for i, text := range []string{"glass in acme cola", "cold acme cola", "acme cola is cold"} {
		b.Note(post(start.Add(time.Duration(i)*50*time.Minute), fmt.Sprint(i), text, "acme"), math.MaxInt64)
	}
	want, _ := (*b.lists.Load())["acme"].snapshot()
	if *update {
		if err := os.WriteFile(file, want.encode(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	const plain = "\x04acme\x04\x04acme\x04cola\x04cold\x05glass\x02\xb0\x86\x1e\x02\x00\x04\x00\x02\x00\x01\x02\x00\x02\x01\x00\x03\x01\x00\xb1\x86\x1e\x01\x00\x03\x00\x01\x00\x01\x01\x00\x02\x01\x00"
	for _, l := range []*list{want, got} {
		if is := string(l.appendPlain(nil, Counters)); is != plain {
			t.Errorf("the stored form is\n%q, want\n%q", is, plain)
		}
	}
}

func FuzzPlain(f *testing.F) {
	b := New()
	b.Set([]*watch.List{brand(f, "acme", watch.Brand, 0, "acme cola")})
	burst(b, "acme")
	c, _ := (*b.lists.Load())["acme"].snapshot()
	f.Add(c.appendPlain(nil, Counters))
	f.Add(c.appendPlain(nil, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := reader{rest: data}
		l := r.list()
		if r.err != "" {
			return
		}
		again := reader{rest: l.appendPlain(nil, Counters)}
		if twin := again.list(); again.err != "" || !slices.Equal(twin.appendPlain(nil, Counters), l.appendPlain(nil, Counters)) {
			t.Fatalf("%q is read as something else: %s", data, again.err)
		}
		l.words(l.newest)
		l.note(l.newest, 0, &splitter{})
	})
}

func FuzzLoad(f *testing.F) {
	b := New()
	b.Set([]*watch.List{brand(f, "acme", watch.Brand, 0, "acme cola")})
	b.Note(post(start, "1", "glass in it", "acme"), math.MaxInt64)
	c, _ := (*b.lists.Load())["acme"].snapshot()
	f.Add(c.encode())
	f.Add([]byte{bookVersion})
	f.Add([]byte{bookVersion + 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := New().Load(0, data); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) {
			t.Fatal(err)
		}
	})
}

func BenchmarkNote(b *testing.B) {
	book := New()
	book.Set([]*watch.List{brand(b, "acme", watch.Brand, 0, "acme")})
	var recs []*term.Record
	for i := range 4096 {
		var text strings.Builder
		for j := range 20 {
			x := uint64(i*20+j+1) * 0x9E3779B97F4A7C15 >> 11
			n := int(math.Exp(float64(x) / (1 << 53) * 9))
			fmt.Fprintf(&text, "w%s ", strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(100+n)))
		}
		recs = append(recs, post(start.Add(time.Duration(i)*time.Second), "", text.String(), "acme"))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		book.Note(recs[i%len(recs)], math.MaxInt64)
	}
}
