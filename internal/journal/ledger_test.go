package journal

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func sameLedger(t testing.TB, got, want *Ledger) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Ledger{}, producer{}, source{}, numbers{}, run{}, names{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("the ledger is another one (-want +got):\n%s", diff)
	}
}

// again returns the ledger that is read from what l writes.
func again(t testing.TB, l *Ledger) *Ledger {
	t.Helper()
	data, err := l.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	got := &Ledger{}
	if err := got.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	clear(data) // nothing of it may be kept
	return got
}

// Against sets without bounds, for numbers that keep to them: any order, repeats,
// new epochs, and the ledger written and read in between.
func TestLedgerIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type key struct {
			producer string
			epoch    uint64
			seq      uint64
		}
		l, taken, newest, cursors := NewLedger(), map[key]bool{}, map[string]uint64{}, map[string]string{}
		highest := map[string]Number{}
		for range rapid.IntRange(0, 200).Draw(rt, "steps") {
			b := &Batch{
				Producer: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "producer"),
				Epoch:    rapid.Uint64Range(0, 2).Draw(rt, "epoch"),
				Seq:      rapid.Uint64Range(1, 60).Draw(rt, "seq"),
				Source:   rapid.SampledFrom([]string{"", "s", "t"}).Draw(rt, "source"),
				Ingest:   rapid.Int64().Draw(rt, "ingest"),
			}
			if b.Source != "" && rapid.Bool().Draw(rt, "moves") {
				b.Cursor = []byte(rapid.StringN(1, 3, 9).Draw(rt, "cursor"))
			}
			k := key{b.Producer, b.Epoch, b.Seq}
			want := b.Producer != "" && (taken[k] || b.Epoch < newest[b.Producer])
			if got := l.Has(b); got != want {
				rt.Fatalf("%+v: %v, want %v", b, got, want)
			}
			l.Take(b)
			if !want {
				taken[k], newest[b.Producer] = true, max(newest[b.Producer], b.Epoch)
				if h := highest[b.Producer]; b.Producer != "" && (b.Epoch > h.Epoch || b.Seq > h.Seq) {
					highest[b.Producer] = Number{b.Epoch, b.Seq}
				}
				if len(b.Cursor) > 0 {
					cursors[b.Source] = string(b.Cursor)
				}
			}
			if rapid.IntRange(0, 20).Draw(rt, "store") == 0 {
				l = again(t, l)
			}
		}
		got := map[string]string{}
		for name, cursor := range l.Cursors() {
			got[name] = string(cursor)
		}
		if !maps.Equal(got, cursors) {
			rt.Fatalf("cursors %v, want %v", got, cursors)
		}
		if got := maps.Collect(l.Highest()); !maps.Equal(got, highest) {
			rt.Fatalf("the highest are %v, want %v", got, highest)
		}
		if l.Given() != 0 || l.Forgotten() != 0 {
			rt.Fatalf("%d given, %d forgotten within the bounds", l.Given(), l.Forgotten())
		}
	})
}

// Numbers against a plain set, beyond the bounds: what was added is always there,
// what is there was added or was given, and the bounds are kept.
func TestNumbersKeepToTheirBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var s numbers
		added, given := map[uint64]bool{}, uint64(0)
		step := rapid.SampledFrom([]uint64{1, 2, 3, 500, MaxAhead / 2, MaxAhead, 2 * MaxAhead}).Draw(rt, "step")
		at := uint64(0)
		for range rapid.IntRange(1, 600).Draw(rt, "adds") {
			at += rapid.Uint64Range(1, step).Draw(rt, "by")
			n := at
			if rapid.Bool().Draw(rt, "back") {
				n = max(1, at-min(at-1, rapid.Uint64Range(0, 2*step).Draw(rt, "back by")))
			}
			if s.has(n) {
				continue
			}
			given += s.add(n)
			added[n] = true
			if len(s.runs) > maxRuns || s.highest()-s.low > MaxAhead {
				rt.Fatalf("beyond the bounds: %d runs, %d ahead", len(s.runs), s.highest()-s.low)
			}
			end := s.low
			for _, r := range s.runs {
				if r.lo < end+2 || r.hi < r.lo {
					rt.Fatalf("runs %v above %d", s.runs, s.low)
				}
				end = r.hi
			}
		}
		there := s.low
		for _, r := range s.runs {
			there += r.hi - r.lo + 1
		}
		if there != uint64(len(added))+given {
			rt.Fatalf("%d numbers are there, %d were added and %d given", there, len(added), given)
		}
		for n := range added {
			if !s.has(n) {
				rt.Fatalf("%d is gone", n)
			}
		}
	})
}

func TestLedgerForgetsTheLongestSilent(t *testing.T) {
	l := NewLedger()
	for i := range MaxProducers {
		l.Take(&Batch{Producer: fmt.Sprint("p", i), Seq: 1, Source: fmt.Sprint("s", i), Cursor: []byte("c"), Ingest: int64(1000 + i)})
	}
	l.Take(&Batch{Producer: "p0", Seq: 2, Source: "s0", Cursor: []byte("d"), Ingest: 9000})
	l.Take(&Batch{Producer: "new", Seq: 1, Source: "newer", Cursor: []byte("e"), Ingest: 9001})
	if l.Producers() != MaxProducers || l.Forgotten() != 2 {
		t.Errorf("%d producers, %d forgotten", l.Producers(), l.Forgotten())
	}
	for producer, want := range map[string]bool{"p0": true, "p1": false, "p2": true, "new": true} {
		if got := l.Has(&Batch{Producer: producer, Seq: 1}); got != want {
			t.Errorf("%s: %v, want %v", producer, got, want)
		}
	}
	if _, ok := l.Cursor("s1"); ok {
		t.Error("the cursor of s1 is still there")
	}
	sameLedger(t, again(t, l), l)
}

// Up to MaxAhead above the highest nothing is given of a producer without gaps; one
// further, a number is.
func TestMaxAhead(t *testing.T) {
	for leap, given := range map[uint64]uint64{MaxAhead: 0, MaxAhead + 1: 1} {
		l := NewLedger()
		l.Take(&Batch{Producer: "p", Seq: 1})
		l.Take(&Batch{Producer: "p", Seq: 1 + leap})
		if l.Given() != given {
			t.Errorf("a leap of %d: %d numbers are given, want %d", leap, l.Given(), given)
		}
	}
}

// The highest numbers come by name, as many as are wanted, and as they are counted:
// what is late, or from a predecessor, changes nothing.
func TestHighest(t *testing.T) {
	l := NewLedger()
	for _, b := range []Batch{
		{Producer: "c", Epoch: 7, Seq: 5}, {Producer: "a", Epoch: 7, Seq: 3}, {Producer: "b", Epoch: 7, Seq: 900}, {Seq: 12},
		{Producer: "a", Epoch: 7, Seq: 2}, {Producer: "c", Epoch: 8, Seq: 1}, {Producer: "c", Epoch: 7, Seq: 99},
	} {
		l.Take(&b)
	}
	want := []string{"a 7/3", "b 7/900", "c 8/1"}
	for n := range want {
		var got []string
		for name, h := range again(t, l).Highest() {
			got = append(got, fmt.Sprintf("%s %d/%d", name, h.Epoch, h.Seq))
			if len(got) == n+1 {
				break
			}
		}
		if !slices.Equal(got, want[:n+1]) {
			t.Errorf("%q, want %q", got, want[:n+1])
		}
	}
}

// goldenLedger has a producer with numbers missing and one without, and a cursor.
func goldenLedger(format byte) *Ledger {
	l := NewLedger()
	if format >= 2 {
		l.Take(&Batch{Once: goldenOnce, Ingest: 1_749_999_999_000_000})
		l.Take(&Batch{Once: Once{Key: [16]byte{7}, Clock: -1}, Ingest: 1_749_999_999_000_000})
	}
	for _, seq := range []uint64{1, 2, 5, 6, 9, 300} {
		l.Take(&Batch{Producer: "http/desk", Epoch: 3, Seq: seq, Ingest: 1_750_000_000_000_000})
	}
	l.Take(&Batch{Producer: "file/a", Seq: 1, Source: "file/a", Cursor: []byte{1, 2, 3}, Ingest: 1_750_000_000_500_000})
	l.SetNext(Place{Entry: 17, Batch: 1, Record: 250})
	return l
}

// The golden files are ledgers of each format; see TestFormats.
func TestLedgerFormats(t *testing.T) {
	for format := byte(1); format <= ledgerFormat; format++ {
		file := filepath.Join("testdata", fmt.Sprintf("ledger-%d.golden", format))
		data, err := goldenLedger(format).AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if *update && format == ledgerFormat {
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if golden[0] != format {
			t.Fatalf("%s has format %d", file, golden[0])
		}
		if format == ledgerFormat && !bytes.Equal(data, golden) {
			t.Errorf("the bytes have changed")
		}
		var l Ledger
		if err := l.UnmarshalBinary(golden); err != nil {
			t.Fatal(err)
		}
		sameLedger(t, &l, goldenLedger(format))
	}
}

// Names against a plain list: a batch is known if one of its name was taken within the
// time, also by a ledger that was written and read in between.
func TestNamesAreExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, taken, now := NewLedger(), map[[16]byte]int64{}, int64(1_750_000_000_000_000)
		for range rapid.IntRange(0, 100).Draw(rt, "steps") {
			now += rapid.SampledFrom([]int64{0, 1, KeepNames / 3, KeepNames - 1, KeepNames, KeepNames + 1}).Draw(rt, "later")
			b := &Batch{Ingest: now}
			if rapid.IntRange(0, 4).Draw(rt, "named") > 0 {
				b.Once = Once{Key: [16]byte{rapid.ByteRange(1, 6).Draw(rt, "key")}, Clock: now + 7}
			}
			at, known := taken[b.Once.Key]
			want := b.Once.Named() && known && now-at <= KeepNames
			if got := l.Has(b); got != want {
				rt.Fatalf("%+v: %v, want %v", b, got, want)
			}
			l.Take(b)
			if !want && b.Once.Named() {
				taken[b.Once.Key] = now
			}
			if rapid.IntRange(0, 9).Draw(rt, "store") == 0 {
				l = again(t, l)
			}
			last := int64(0)
			for n := range l.Named() {
				if n.Ingest < last || taken[n.Key] != n.Ingest || !want && now-n.Ingest > KeepNames {
					rt.Fatalf("%+v is remembered at %d", n, now)
				}
				last = n.Ingest
			}
		}
		if l.Forgotten() != 0 {
			rt.Fatalf("%d forgotten", l.Forgotten())
		}
	})
}

func TestNamesAreBounded(t *testing.T) {
	l := NewLedger()
	name := func(i int) *Batch {
		b := &Batch{Ingest: int64(i)}
		b.Once.Key = [16]byte{1, byte(i), byte(i >> 8), byte(i >> 16)}
		return b
	}
	for i := range MaxNames + 2 {
		l.Take(name(i))
	}
	if l.Forgotten() != 2 || l.Has(name(1)) || !l.Has(name(2)) || !l.Has(name(MaxNames+1)) {
		t.Errorf("%d forgotten", l.Forgotten())
	}
	data, err := l.AppendBinary(nil)
	if err != nil || len(data) > 40*MaxNames {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	// As bytes: so many names take long to be compared one by one.
	if same, err := again(t, l).AppendBinary(nil); err != nil || !bytes.Equal(same, data) {
		t.Errorf("it is another when it is read again: %v", err)
	}
}

func FuzzLedger(f *testing.F) {
	for _, l := range []*Ledger{NewLedger(), goldenLedger(1), goldenLedger(ledgerFormat)} {
		data, err := l.AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := goldenLedger(ledgerFormat)
		if err := l.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewerFormat) {
				t.Fatalf("an error of no kind: %v", err)
			}
			sameLedger(t, l, goldenLedger(ledgerFormat))
			return
		}
		sameLedger(t, again(t, l), l)
	})
}

func TestPlacesAreOrdered(t *testing.T) {
	want := []Place{{}, {Entry: 1}, {Entry: 1, Record: 2}, {Entry: 1, Batch: 1}, {Entry: 2}}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Place.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
