package store

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"github.com/klauspost/compress/zstd"
)

// Each decoder takes any bytes: it fails or returns what, encoded again, is
// decoded to the same.

func FuzzManifest(f *testing.F) {
	f.Add((&manifest{seq: 3, meta: SnapshotMeta{ConfigHash: "c", App: []byte("{}")}, parts: []partEntry{
		{name: "a", size: 2, chunks: []chunkEntry{{id: chunkID{2, 1}, size: 2, seal: 7}}}, {name: "b"},
	}}).encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeManifest(body)
		if err != nil {
			return
		}
		again, err := decodeManifest(m.encode())
		if err != nil || !bytes.Equal(again.encode(), m.encode()) {
			t.Fatalf("%+v became %+v (%v)", m, again, err)
		}
	})
}

func FuzzTerm(f *testing.F) {
	f.Add(Term{Kind: 1, Platform: "x", Key: "k", Display: "K", FirstSeen: -1}.encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		entry, err := decodeTerm(5, body)
		if err != nil {
			return
		}
		if again, err := decodeTerm(5, entry.encode()); err != nil || again != entry {
			t.Fatalf("%+v became %+v (%v)", entry, again, err)
		}
	})
}

func FuzzGauge(f *testing.F) {
	f.Add(Gauge{GaugeKey{ID: 5, List: "hot", Metric: "rank"}, 2}.encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := decodeGauge(5, body)
		if err != nil {
			return
		}
		if again, err := decodeGauge(5, g.encode()); err != nil || again != g {
			t.Fatalf("%+v became %+v (%v)", g, again, err)
		}
	})
}

func FuzzHead(f *testing.F) {
	seed, err := (&hourHead{gen: 1, limit: 3000, points: 9, buckets: roaring.BitmapOf(0, 1, 7)}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := decodeHead(body)
		if err != nil {
			return
		}
		b, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeHead(b)
		if err != nil || again.gen != h.gen || again.limit != h.limit || !again.buckets.Equals(h.buckets) {
			t.Fatalf("%+v became %+v (%v)", h, again, err)
		}
	})
}

func FuzzDay(f *testing.F) {
	seed, err := (&dayRecord{limit: 9, hours: 3, points: 2, buckets: roaring.BitmapOf(1, 2, 3, 70_000)}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := decodeDay(body)
		if err != nil {
			return
		}
		b, err := d.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeDay(b)
		if err != nil || again.hours != d.hours || !again.buckets.Equals(d.buckets) {
			t.Fatalf("%+v became %+v (%v)", d, again, err)
		}
	})
}

func FuzzFormatAndFloor(f *testing.F) {
	f.Add(encodeFormat(FormatVersion))
	f.Add(encodeFloor(17))
	f.Fuzz(func(t *testing.T, body []byte) {
		if v, err := decodeFormat(body); err == nil {
			if again, err := decodeFormat(encodeFormat(v)); err != nil || again != v {
				t.Fatalf("format %d became %d (%v)", v, again, err)
			}
		}
		if v, err := decodeFloor(body); err == nil {
			if again, err := decodeFloor(encodeFloor(v)); err != nil || again != v {
				t.Fatalf("floor %d became %d (%v)", v, again, err)
			}
		}
	})
}

func fuzzBlock[V any](f *testing.F, l layout, c codec[V], seed ...V) {
	cols := make([]column[V], l.slots)
	for i, v := range seed {
		cols[i*63].set(uint32(i)%l.hours, v)
		cols[i].set(0, v)
	}
	f.Add(encodeBlock(l, c, cols))
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := openBlock(l, c, body)
		if err != nil {
			return
		}
		got := make([]column[V], l.slots)
		if err := b.all(got); err != nil {
			return
		}
		packed := encodeBlock(l, c, got)
		if packed == nil {
			return
		}
		b, err = openBlock(l, c, packed)
		if err != nil {
			t.Fatal(err)
		}
		again := make([]column[V], l.slots)
		if err := b.all(again); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !sameColumn(&got[i], &again[i]) {
				t.Fatalf("slot %d: %+v became %+v", i, got[i], again[i])
			}
		}
	})
}

func FuzzCountsBlock(f *testing.F) {
	fuzzBlock(f, dayBlock, codec[counts](countsCodec{}), counts{1, 1}, counts{9, 2}, counts{0, 3})
}

func FuzzGaugeBlock(f *testing.F) {
	fuzzBlock(f, dayBlock, codec[float64](gaugeCodec{}), 1, 0.5, -7)
}

func FuzzCountsPage(f *testing.F) {
	fuzzBlock(f, hourPage, codec[counts](countsCodec{}), counts{1, 1}, counts{9, 2}, counts{0, 3})
}

func FuzzRanking(f *testing.F) {
	dec, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		f.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	s := &Store{dec: dec, enc: enc}
	f.Add(enc.EncodeAll([]byte("data"), []byte{rankingWhole, 4}))
	base := newRankingBase(0, []byte("a ranking that others resemble"))
	delta, err := s.encodeRanking(base, 600e6, []byte("a ranking that others resemble, and more"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(delta)
	if base.dec, err = zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderDictRaw(baseID, base.data)); err != nil {
		f.Fatal(err)
	}
	s.rankings.reading.Store(base)
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 0 && body[0] == rankingDelta {
			if d, err := parseDelta(600e6, body); err != nil || d.base != base.at || d.sum != base.sum {
				return // it would ask the database for another base
			}
		}
		data, err := s.decodeRanking(nil, 600e6, body)
		if err == nil && len(data) > maxRanking {
			t.Fatalf("%d bytes out of a ranking", len(data))
		}
	})
}

func FuzzLoss(f *testing.F) {
	f.Add((&loss{size: 9, settled: true, horizon: 30, seq: 2, ranges: []keyRange{{[]byte("b"), []byte("c")}, {[]byte("t"), nil}}}).encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := decodeLoss(body)
		if err != nil {
			return
		}
		again, err := decodeLoss(l.encode())
		if err != nil || !bytes.Equal(again.encode(), l.encode()) {
			t.Fatalf("%+v became %+v (%v)", l, again, err)
		}
	})
}

// FuzzTable takes any bytes apart as a table of the database. Sums that are
// right by design would be out of a fuzzer's reach, so body is also read as a
// block that verifies.
func FuzzTable(f *testing.F) {
	b := table.NewTableBuilder(table.Options{TableSize: 1 << 10, BlockSize: 64, BloomFalsePositive: 0.01})
	defer b.Close()
	for i := range 20 {
		b.Add(y.KeyWithTs(fmt.Append(nil, "key ", 10+i), 7), y.ValueStruct{Value: []byte("value")}, 0)
	}
	data := b.Finish()
	f.Add(data)
	blocks, err := parseTable(data)
	if err != nil {
		f.Fatal(err)
	}
	n := 0
	for _, b := range blocks {
		f.Add(b.body)
		if err := b.entries(func(key []byte, v y.ValueStruct) {
			if want := fmt.Sprint("key ", 10+n); string(y.ParseKey(key)) != want || y.ParseTs(key) != 7 || string(v.Value) != "value" {
				f.Errorf("entry %d is %q at %d: %q, want %q", n, key, y.ParseTs(key), v.Value, want)
			}
			n++
		}); err != nil {
			f.Fatal(err)
		}
	}
	if n != 20 || len(blocks) < 3 {
		f.Fatalf("%d entries in %d blocks", n, len(blocks))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		blocks, err := parseTable(body)
		if err == nil && len(blocks) == 0 {
			t.Error("a table without blocks")
		}
		for _, b := range append(blocks, tableBlock{first: []byte("key 10\x00\x00\x00\x00\x00\x00\x00\x00"), body: body}) {
			if b.body != nil {
				_ = b.entries(func([]byte, y.ValueStruct) {})
			}
		}
	})
}
