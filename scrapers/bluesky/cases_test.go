package bluesky

import (
	"bytes"
	"flag"
	"fmt"
	"testing"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// caseNow is the time at which the messages of the cases come: 2026-11-28 13:00:10 UTC.
const caseNow = 1795870810000000

// TestCases decodes the messages of every case, one a line.
func TestCases(t *testing.T) {
	contract.Cases(t, "testdata/cases", *update, func(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		var d decoder
		var b stream.Batch
		for i, line := range lines(body) {
			before := b.Items
			at, err := d.decode(line, caseNow, &b)
			if err != nil {
				b.Reject(fmt.Sprintf("line %d, time_us %d", i+1, at), err)
			}
			if n := b.Items - before; n > 1 || err != nil && n != 1 {
				t.Errorf("line %d is %d items", i+1, n)
			}
		}
		return b.Records(), b.Rejected, nil
	})
}

// lines returns the messages in a case.
func lines(body []byte) [][]byte {
	if len(body) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
}

// checkRecords has every record of a batch survive its own encoding.
func checkRecords(t *testing.T, b *stream.Batch) {
	t.Helper()
	contract.Sound(t, b.Records(), b.Rejected)
	for _, rec := range b.Records() {
		if rec.ID == "" || rec.Author == "" {
			t.Fatalf("%+v says not which post it is, and whose", rec)
		}
	}
}
