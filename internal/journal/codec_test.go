package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// entryOf returns the bytes of an entry with the batches.
func entryOf(t testing.TB, number uint64, ingest int64, batches ...*Batch) []byte {
	t.Helper()
	var enc encoder
	var frames [][]byte
	for _, b := range batches {
		frame, err := enc.appendFrame(nil, b)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, frame)
	}
	return appendEntry(nil, number, ingest, frames...)
}

// batchesOf returns what the entry holds, in memory of its own.
func batchesOf(number uint64, raw []byte) (batches []*Batch, err error) {
	var e Entry
	if err := e.open(number, raw, &decoder{}); err != nil {
		return nil, err
	}
	for {
		b, err := e.Next()
		if err == io.EOF {
			return batches, nil
		}
		if err != nil {
			return nil, err
		}
		batches = append(batches, clone(b))
	}
}

func TestEntriesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(drawBatch), 1, 4).Draw(rt, "batches")
		number, ingest := rapid.Uint64().Draw(rt, "number"), rapid.Int64().Draw(rt, "ingest")
		got, err := batchesOf(number, entryOf(t, number, ingest, want...))
		if err != nil {
			rt.Fatal(err)
		}
		if len(got) != len(want) {
			rt.Fatalf("%d batches, want %d", len(got), len(want))
		}
		for i := range want {
			want[i].Ingest = ingest
			sameBatch(t, got[i], want[i])
		}
	})
}

// An encoder and a decoder that have met other batches before give the same.
func TestCodecKeepsNothingOfEarlierBatches(t *testing.T) {
	var enc encoder
	var dec decoder
	rapid.Check(t, func(rt *rapid.T) {
		want := drawBatch(rt)
		frame, err := enc.appendFrame(nil, want)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := dec.frame(entryFormat, frame[4:])
		if err != nil {
			rt.Fatal(err)
		}
		sameBatch(t, got, want)
	})
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	raw := entryOf(t, 7, 99, &Batch{Records: posts(1, 3)}, &Batch{Producer: "p", Seq: 1, Records: posts(2, 1)})
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if _, err := batchesOf(7, raw); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewerFormat) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for size := range raw {
		if _, err := batchesOf(7, raw[:size]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: %v", size, err)
		}
	}
	if _, err := batchesOf(8, raw); !errors.Is(err, ErrDamaged) {
		t.Fatalf("in the place of another: %v", err)
	}
}

func TestEntrySkipsBatches(t *testing.T) {
	raw := entryOf(t, 1, 5, &Batch{Records: posts(1, 1)}, &Batch{Records: posts(2, 1)}, &Batch{Records: posts(3, 1)})
	var e Entry
	if err := e.open(1, raw, &decoder{}); err != nil {
		t.Fatal(err)
	}
	if e.Len() != 3 || e.Place() != (Place{Entry: 1}) {
		t.Fatalf("%d batches, at %v", e.Len(), e.Place())
	}
	if err := e.Skip(2); err != nil || e.Place() != (Place{Entry: 1, Batch: 2}) {
		t.Fatalf("at %v (%v)", e.Place(), err)
	}
	b, err := e.Next()
	if err != nil {
		t.Fatal(err)
	}
	sameBatch(t, b, &Batch{Ingest: 5, Records: posts(3, 1)})
	if err := e.Skip(1); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Next(); err != io.EOF {
		t.Fatalf("behind the end: %v", err)
	}
}

// What is claimed in a few bytes may not take much memory.
func TestBombsAreRefused(t *testing.T) {
	frame := func(counts [7]uint64, raw []byte) []byte {
		body := []byte{0, 0, 0, 0, 0} // no producer, epoch, seq, source, cursor
		for _, n := range counts {
			body = binary.AppendUvarint(body, n)
		}
		return append(body, s2.Encode(nil, raw)...)
	}
	zeros := make([]byte, MaxRecordBytes+1)
	for name, body := range map[string][]byte{
		"records that decompress to more than the most": frame([7]uint64{}, zeros),
		"a length that is not there":                    append(frame([7]uint64{}, nil)[:11], 0xff, 0xff, 0xff, 0xff, 0x0f),
		"too many records":                              frame([7]uint64{MaxRecords + 1}, zeros[:1<<20]),
		"more records than bytes":                       frame([7]uint64{MaxRecords}, zeros[:100]),
		"more strings than bytes":                       frame([7]uint64{0, 1 << 20}, zeros[:100]),
		"more readings than bytes":                      frame([7]uint64{0, 0, 0, 0, 0, 1 << 20}, zeros[:100]),
		"more heartbeats than bytes":                    frame([7]uint64{0, 0, 0, 0, 0, 0, MaxRecords}, zeros[:100]),
	} {
		var dec decoder
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := dec.frame(entryFormat, body); err == nil {
			t.Errorf("%s: accepted", name)
		}
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		if allocated > 2<<20 {
			t.Errorf("%s: %d KiB were allocated", name, allocated>>10)
		}
	}
}

func TestBatchesBeyondTheLimits(t *testing.T) {
	long := string(make([]byte, MaxNameBytes+1))
	text := string(make([]byte, term.MaxTextBytes))
	big := make([]term.Record, 80)
	for i := range big {
		big[i].Text = text
	}
	for name, c := range map[string]struct {
		b    Batch
		want error
	}{
		"records":       {Batch{Records: make([]term.Record, MaxRecords+1)}, ErrTooLarge},
		"bytes":         {Batch{Records: big}, ErrTooLarge},
		"producer":      {Batch{Producer: long, Seq: 1}, ErrInvalid},
		"no number":     {Batch{Producer: "p"}, ErrInvalid},
		"source":        {Batch{Source: long}, ErrInvalid},
		"cursor":        {Batch{Source: "s", Cursor: make([]byte, MaxCursorBytes+1)}, ErrInvalid},
		"lonely cursor": {Batch{Cursor: []byte("c")}, ErrInvalid},
	} {
		var enc encoder
		if got, err := enc.appendFrame([]byte("before"), &c.b); !errors.Is(err, c.want) || string(got) != "before" {
			t.Errorf("%s: %q, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestCodecDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	b := &Batch{Producer: "p", Seq: 1, Source: "s", Cursor: []byte("c"), Records: posts(1, 1000)}
	b.Records[7].Gauge = &term.Gauge{List: "hot", Term: term.Term{Kind: term.Hashtag, Key: "k"}, Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: 3}}}
	b.Records[9] = term.Record{TS: 9, Heartbeat: &term.Heartbeat{Missing: []string{"x", "y"}}}
	var enc encoder
	frame, err := enc.appendFrame(nil, b)
	if err != nil {
		t.Fatal(err)
	}
	raw := appendEntry(nil, 5, 6, frame)
	if n := testing.AllocsPerRun(50, func() {
		if frame, err = enc.appendFrame(frame[:0], b); err != nil {
			t.Fatal(err)
		}
		raw = appendEntry(raw[:0], 5, 6, frame)
	}); n != 0 {
		t.Errorf("encoding allocates %v times", n)
	}
	var dec decoder
	var e Entry
	if n := testing.AllocsPerRun(50, func() {
		if err := e.open(5, raw, &dec); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Next(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("decoding allocates %v times", n)
	}
}

// goldenBatches have every field that a record of the format can have.
func goldenBatches(format byte) []*Batch {
	batches := []*Batch{
		{Producer: "http/desk", Epoch: 1_750_000_000, Seq: 42, Records: []term.Record{
			{TS: 1_750_000_000_000_000, Platform: "x", ID: "1", Author: "ann", Group: "g", Lang: "en", Region: "US", Text: "so #Cool",
				Repost: true, Tags: []string{"Cool", "so"}, Keywords: []string{"k"}, Mentions: []string{"bob"}, Links: []string{"https://a.example/"},
				Sound:   &term.SoundRef{ID: "s1", ISRC: "USRC17607839", MBID: "m", Title: "Song", Artist: "Band"},
				Metrics: []term.Metric{{Name: "likes", Value: 12}, {Name: "share", Value: 0.5}}},
			{TS: 1_749_999_999_000_000, Platform: "x", ID: "2"},
			{TS: 1_750_000_001_000_000, Platform: "weibo", Gauge: &term.Gauge{List: "hot-search", Category: "all",
				Term:   term.Term{Kind: term.Hashtag, Key: "cool", Display: "Cool"},
				Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: 1}, {Name: "views", Unit: term.UnitTotal, Value: 1e6}}}},
		}},
		{Source: "fediverse", Cursor: []byte{0, 1, 254, 255}, Records: []term.Record{{TS: -1, Platform: "mastodon", Tags: []string{""}}}},
		{},
	}
	if format >= 2 {
		batches = append(batches, &Batch{Records: []term.Record{
			{TS: 1_750_000_060_000_000, Heartbeat: &term.Heartbeat{Missing: []string{"bluesky", "mastodon"}}},
			{TS: 1_750_000_120_000_000, Heartbeat: &term.Heartbeat{}},
			{TS: 1_750_000_120_000_000, Platform: "x", ID: "3", AuthorHash: 7},
		}})
	}
	if format >= 3 {
		batches = append(batches, &Batch{Once: goldenOnce, Records: []term.Record{{TS: 1_750_000_180_000_000, Platform: "x", ID: "4"}}})
	}
	if format >= 4 {
		batches = append(batches, &Batch{Records: []term.Record{{TS: 1_750_000_200_000_000, Platform: "x", ID: "5", Text: "Acme cola", Watches: []string{"acme", "drinks"}}}})
	}
	return batches
}

var goldenOnce = Once{Key: [16]byte{1, 2, 15: 3}, Body: [16]byte{4, 15: 5}, Clock: 1_750_000_240_000_000}

// The golden files are entries with number 17, one of each format. They stay as they
// are: a change of the layout is a new format, with a file of its own.
func TestFormats(t *testing.T) {
	for format := byte(1); format <= entryFormat; format++ {
		file := filepath.Join("testdata", fmt.Sprintf("entry-%d.golden", format))
		batches := goldenBatches(format)
		if *update && format == entryFormat {
			if err := os.WriteFile(file, entryOf(t, 17, 1_750_000_002_000_000, batches...), 0o600); err != nil {
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
		got, err := batchesOf(17, golden)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(batches) {
			t.Fatalf("%s: %d batches, want %d", file, len(got), len(batches))
		}
		for i, want := range batches {
			want.Ingest = 1_750_000_002_000_000
			sameBatch(t, got[i], want)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(entryOf(f, 1, 2, goldenBatches(entryFormat)...))
	if golden, err := os.ReadFile(filepath.Join("testdata", "entry-1.golden")); err == nil {
		f.Add(golden)
	}
	f.Add(entryOf(f, 1, 2, &Batch{Records: posts(3, 20)}))
	f.Add(entryOf(f, 1, 2))
	f.Fuzz(func(t *testing.T, raw []byte) {
		// The checksum is made right, so that the parts behind it are tried.
		if len(raw) < entryHead+entryTail {
			return
		}
		body := slices.Clone(raw[:len(raw)-entryTail])
		binary.LittleEndian.PutUint64(body[1:], 1)
		raw = binary.LittleEndian.AppendUint32(append([]byte(nil), body...), checksum(body))
		batches, err := batchesOf(1, raw)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewerFormat) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		var enc encoder
		var frames [][]byte
		for _, b := range batches {
			frame, err := enc.appendFrame(nil, b)
			if errors.Is(err, ErrInvalid) {
				return // no encoder makes such batches
			}
			if err != nil {
				t.Fatal(err)
			}
			frames = append(frames, frame)
		}
		var ingest int64
		if len(batches) > 0 {
			ingest = batches[0].Ingest
		}
		again, err := batchesOf(1, appendEntry(nil, 1, ingest, frames...))
		if err != nil {
			t.Fatal(err)
		}
		for i := range batches {
			sameBatch(t, again[i], batches[i])
		}
	})
}
