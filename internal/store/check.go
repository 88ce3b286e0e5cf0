package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Contents says what a store, or a backup of one, holds.
type Contents struct {
	Format     uint64         `json:"format"`
	Keys       uint64         `json:"keys"`
	Bytes      uint64         `json:"bytes"` // of keys and values
	Terms      uint64         `json:"terms"`
	Gauges     uint64         `json:"gauges"`
	Hours      int            `json:"hours"`      // that were recorded
	FirstHour  int64          `json:"first_hour"` // since 1970, UTC; of those
	LastHour   int64          `json:"last_hour"`
	Detections uint64         `json:"detections"` // those included that were let go of
	Rankings   uint64         `json:"rankings"`
	Snapshots  []SnapshotInfo `json:"snapshots"`    // oldest first
	Unknown    uint64         `json:"unknown_keys"` // of tables that a later version added
}

// SnapshotInfo says what a snapshot says of itself, and whether it can be loaded.
type SnapshotInfo struct {
	Seq       uint64          `json:"seq"`
	Watermark int64           `json:"watermark"` // event time up to which records are in it, µs since 1970
	Created   int64           `json:"created"`   // µs since 1970
	Bytes     uint64          `json:"bytes"`     // before compression
	Whole     bool            `json:"whole"`
	App       json.RawMessage `json:"-"`
}

// Newest returns the newest snapshot that is whole.
func (c *Contents) Newest() (SnapshotInfo, bool) {
	for i := len(c.Snapshots) - 1; i >= 0; i-- {
		if c.Snapshots[i].Whole {
			return c.Snapshots[i], true
		}
	}
	return SnapshotInfo{}, false
}

// checker takes the entries of a store in the order of their keys and says what they
// hold and what is wrong with them. That order is all it needs, so that a backup is
// checked as it streams by. It keeps an ordinal's bit for each day and a few bytes
// for each block and chunk.
type checker struct {
	findings
	contents Contents

	counts, values, panes *familyCheck

	snapshots  snapshotCheck
	rankings   rankingCheck
	detections detectionCheck
	gaugeTerms []uint64 // IDs of terms that have a gauge, rising; those met in the dictionary are gone
	lastTerm   uint64
	index      indexCheck
	dec        *zstd.Decoder
}

func newChecker() (*checker, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRanking), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	return &checker{
		counts:    newFamilyCheck(famCounts, decodeSeries(codec[counts](countsCodec{}))),
		values:    newFamilyCheck(famGauges, decodeSeries(codec[float64](gaugeCodec{}))),
		panes:     newFamilyCheck(famPanes, decodeSeries(codec[counts](countsCodec{}))),
		snapshots: snapshotCheck{chunks: make(map[chunkID]*chunkFacts)},
		dec:       dec,
		rankings:  rankingCheck{whole: &Store{dec: dec}},
	}, nil
}

func (c *checker) close() {
	c.rankings.forget()
	c.dec.Close()
}

// lost notes that a value cannot be used.
func (c *checker) lost(key []byte, format string, args ...any) {
	c.add("value in "+string(key[:1]), Finding{
		Severity: Lost, Where: describeKey(key), What: fmt.Sprintf(format, args...), Means: tables[key[0]].means, Out: outBackup,
	})
}

// entry takes the next entry, of which key and value are valid until it returns. The
// only errors are those that make the rest meaningless: [ErrNewerFormat], and
// [ErrForeign] if the first one is not a store's.
func (c *checker) entry(key, value []byte) error {
	first := c.contents.Keys == 0
	c.contents.Keys++
	c.contents.Bytes += uint64(len(key) + len(value))
	if first && key[0] != tabFormat {
		return fmt.Errorf("%w: it begins with %s, and has no format record", ErrForeign, keyString(key))
	}
	_, known := tables[key[0]]
	body, why := unsealed(key, value)
	switch {
	case !known || c.otherFamily(key):
		c.contents.Unknown++
		if why != "" {
			c.add("unknown", Finding{Severity: Lost, Where: keyString(key), What: why, Means: "a later version may miss it", Out: outBackup})
		}
		return nil
	case wantKeyLen(key) != nil:
		c.lost(key, "%v", wantKeyLen(key))
		return nil
	case why != "":
		c.lost(key, "%s", why)
	}
	err := c.table(key, value, body)
	if errors.Is(err, ErrNewerFormat) && key[0] == tabFormat {
		return err
	}
	if err != nil && body != nil {
		c.lost(key, "%v", err)
	}
	return nil
}

// otherFamily tells whether the key is of a family that this version does not know.
func (c *checker) otherFamily(key []byte) bool {
	switch key[0] {
	case tabFloor:
		return len(key) > 1 && key[1] != tabFacet && key[1] != tabDetection && c.family(key) == nil
	case tabHour, tabPage, tabDay, tabBlock, tabPresence:
		return len(key) > 1 && c.family(key) == nil
	}
	return false
}

func (c *checker) family(key []byte) *familyCheck {
	switch family(key[1]) {
	case famCounts:
		return c.counts
	case famGauges:
		return c.values
	case famPanes:
		return c.panes
	}
	return nil
}

// table takes an entry into account. The body is nil if it does not verify: that
// there is one counts all the same.
func (c *checker) table(key, value, body []byte) error {
	switch key[0] {
	case tabFormat:
		return c.format(body)
	case tabChunk:
		return c.chunk(key, value, body)
	case tabManifest:
		return c.manifest(key, body)
	case tabTerm:
		return c.term(key, body)
	case tabGauge:
		return c.gauge(key, body)
	case tabHour:
		return c.family(key).head(tail32(key), body)
	case tabPage:
		hour, _, _ := pageKeyParts(key)
		return c.family(key).page(key, body, c.again(int64(hour)*3600e6/family(key[1]).perHour()))
	case tabDay:
		return c.family(key).record(tail32(key), body)
	case tabBlock:
		return c.family(key).block(key, body)
	case tabPresence:
		return c.family(key).listed(key, body)
	case tabFloor:
		switch key[1] {
		case tabFacet:
			_, err := decodeFloor(body)
			return err
		case tabDetection:
			return c.detectionsFrom(body)
		}
		return c.family(key).floorRecord(body)
	case tabDrawer:
		_, err := decodeItem(key, body)
		return err
	case tabActivity:
		return eachActivity(body, func([]byte, Activity) {})
	case tabIndex:
		return c.indexed(key, body)
	case tabTracking:
		_, err := decodeTracking(0, tail32(key), body)
		return err
	case tabFacet:
		return checkFacet(body)
	case tabFacetNews:
		_, err := decodeFacetNews(body)
		return err
	case tabDetection:
		return c.detection(key, body)
	case tabRanking:
		c.contents.Rankings++
		return c.rankings.ranking(rankingTime(key), body)
	}
	return nil
}

func (c *checker) format(body []byte) (err error) {
	if c.contents.Format, err = decodeFormat(body); err == nil && c.contents.Format > FormatVersion {
		err = newerFormat(c.contents.Format)
	}
	return err
}

// again tells whether a run writes again what is of a time, in µs.
func (c *checker) again(µs int64) bool {
	snap, ok := c.contents.Newest()
	return ok && µs >= snap.Watermark/3600e6*3600e6
}

// checkFacet decodes the terms of a value of a facet. What stands for a day as a whole
// holds none.
func checkFacet(body []byte) error {
	r := reader{buf: body}
	r.format(facetFormat)
	if r.err != nil || len(r.buf) == 0 {
		return r.err
	}
	_, err := decodeBitmap(r.buf)
	return err
}

func (c *checker) gauge(key, body []byte) error {
	c.contents.Gauges++
	c.ordinal(c.values, key)
	if id := uint64(dictKeyID(key)); len(c.gaugeTerms) == 0 || c.gaugeTerms[len(c.gaugeTerms)-1] != id {
		c.gaugeTerms = append(c.gaugeTerms, id)
	}
	_, err := decodeGauge(dictKeyID(key), body)
	return err
}

// ordinal notes the ordinal in a key of a dictionary.
func (c *checker) ordinal(f *familyCheck, key []byte) {
	if !f.known.CheckedAdd(tail32(key)) {
		c.add("ordinal twice", Finding{Severity: Lost, Where: describeKey(key), What: fmt.Sprintf("ordinal %d belongs to another, too", tail32(key)),
			Means: "the history of the two is mixed up", Out: outBackup})
	}
}

func (c *checker) term(key, body []byte) error {
	id := uint64(dictKeyID(key))
	at, has := slices.BinarySearch(c.gaugeTerms, id)
	c.missingTerms(at)
	if has {
		c.gaugeTerms = c.gaugeTerms[1:]
	}
	if c.contents.Terms > 0 && id == c.lastTerm {
		c.add("term twice", Finding{Severity: Lost, Where: describeKey(key), What: "the term has another ordinal, too",
			Means: "its history under one of them is not found", Out: outBackup})
	}
	c.contents.Terms++
	c.lastTerm = id
	c.ordinal(c.counts, key)
	t, err := decodeTerm(dictKeyID(key), body)
	if err != nil {
		c.index.unsure = true
		return err
	}
	c.indexedTerm(t)
	return nil
}

// missingTerms notes that the first n of the terms that have gauges are not in the
// dictionary.
func (c *checker) missingTerms(n int) {
	for _, id := range c.gaugeTerms[:n] {
		c.add("gauge without term", Finding{Severity: Lost, Where: fmt.Sprintf("term %016x", id), What: "it has a gauge, but no entry in the dictionary",
			Means: "its readings cannot be asked for", Out: outBackup})
	}
	c.gaugeTerms = c.gaugeTerms[n:]
}

// finish checks what can be checked at the end alone.
func (c *checker) finish() {
	c.missingTerms(len(c.gaugeTerms))
	c.finishDetections()
	c.finishSnapshots()
	c.finishIndex()
	c.panes.known = c.counts.known
	c.counts.finish(&c.findings, "term")
	c.panes.finish(&c.findings, "term")
	c.values.finish(&c.findings, "gauge")
	c.contents.Hours, c.contents.FirstHour, c.contents.LastHour = c.counts.recorded()
}
