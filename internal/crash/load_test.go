//go:build unix

package crash

import (
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/term"
)

// worldStart is where event time begins: long before the clock of any machine that
// runs this.
var worldStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// lateness is what the program allows in most of these tests.
const lateness = 10 * time.Minute

// delivery is what a producer sends at once.
type delivery struct {
	producer    string
	epoch, seq  uint64
	records     []term.Record
	body        []byte
	first, last int64 // bounds of the records' times, in microseconds
}

// posts returns the records of a made-up world, by time.
func posts(t *testing.T, seed uint64, days int, scale float64) []term.Record {
	t.Helper()
	g, err := workload.New(workload.Config{
		Seed: seed, Days: days, Scale: scale, Start: worldStart, TrendSize: [2]float64{0.5, 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	var recs []term.Record
	for {
		var rec term.Record
		if !g.Next(&rec) {
			return recs
		}
		recs = append(recs, rec)
	}
}

// deliveries cuts records into numbered deliveries of a producer.
func deliveries(recs []term.Record, size int, producer string) []*delivery {
	var out []*delivery
	for piece := range slices.Chunk(recs, size) {
		out = append(out, newDelivery(producer, uint64(len(out)+1), piece))
	}
	return out
}

func newDelivery(producer string, seq uint64, recs []term.Record) *delivery {
	d := &delivery{producer: producer, epoch: 1, seq: seq, records: recs, first: recs[0].TS, last: recs[0].TS}
	for i := range recs {
		d.body = term.AppendRecord(d.body, &recs[i])
		d.first, d.last = min(d.first, recs[i].TS), max(d.last, recs[i].TS)
	}
	return d
}

// closing returns a delivery with one record, so much later than all before that it
// closes their panes. With rising n each closes that of the one before.
func closing(all []*delivery, n int) *delivery {
	last := all[0].last
	for _, d := range all {
		last = max(last, d.last)
	}
	ts := time.UnixMicro(last).UTC().Truncate(time.Hour).Add(time.Duration(3*n) * time.Hour)
	return newDelivery("closing", uint64(n), []term.Record{{TS: ts.UnixMicro(), Platform: "x", Tags: []string{"closing"}}})
}
