package contract

import (
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// oldest is how far back a record may be: what is older than the window counts nowhere.
const oldest = 72 * time.Hour

// mostFaults is how many faults are kept: the rest are the same.
const mostFaults = 10

func (h *Host) fault(format string, args ...any) {
	if len(h.faults) < mostFaults {
		h.faults = append(h.faults, fmt.Sprintf(format, args...))
	}
}

// inspect holds a delivery to the rules of scrapers.Delivery.
func (h *Host) inspect(d *scrapers.Delivery) {
	if n := len(d.Records); n > scrapers.MaxDelivery {
		h.fault("a delivery of %q has %d records; the limit is %d", d.Part, n, scrapers.MaxDelivery)
	}
	if n := len(d.Cursor); n > scrapers.MaxCursor {
		h.fault("a cursor of %q has %d bytes; the limit is %d", d.Part, n, scrapers.MaxCursor)
	}
	if d.Items < len(d.Rejected) || d.Items == 0 && len(d.Records) > 0 {
		h.fault("a delivery of %q has %d records and %d rejected items of %d items", d.Part, len(d.Records), len(d.Rejected), d.Items)
	}
	for _, r := range d.Rejected {
		if r.Where == "" || r.Why == nil {
			h.fault("an item of %q was rejected without saying where and why: %q, %v", d.Part, r.Where, r.Why)
		}
	}
	for i := range d.Records {
		h.inspectRecord(&d.Records[i])
	}
}

func (h *Host) inspectRecord(rec *term.Record) {
	if at := time.UnixMicro(rec.TS).UTC(); at.After(h.now) || at.Before(h.begun.Add(-oldest)) {
		h.fault("%s is at %s, now is %s", Name(rec), at, h.now)
	}
	for _, fault := range Faults(rec) {
		h.fault("%s", fault)
	}
}

// Faults returns what keeps a record from being one that Swell takes: it does not come
// back from its own line as it is, cannot be told from its repeats, or has numbers that
// nobody can have read. Empty: nothing does. For tests of decoders.
func Faults(rec *term.Record) []string {
	var out []string
	line := term.AppendRecord(nil, rec)
	var back term.Record
	if err := new(term.Decoder).Decode(line, &back); err != nil {
		return []string{fmt.Sprintf("%s is no record that Swell takes: %v\n%s", Name(rec), err, line)}
	}
	if again := term.AppendRecord(nil, &back); string(again) != string(line) {
		out = append(out, fmt.Sprintf("%s does not survive its own encoding: %s", Name(rec), cmp.Diff(string(line), string(again))))
	}
	g := rec.Gauge
	if g == nil {
		if rec.ID == "" {
			out = append(out, fmt.Sprintf("a post without an ID cannot be told from its repeats: %s", line))
		}
		return out
	}
	for _, v := range g.Values {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || v.Value < 0 {
			out = append(out, fmt.Sprintf("%s has %s = %v", Name(rec), v.Name, v.Value))
		}
		if v.Unit == term.UnitRank && (v.Value < 1 || v.Value != math.Trunc(v.Value)) {
			out = append(out, fmt.Sprintf("%s has the place %v in a list, which begins with 1", Name(rec), v.Value))
		}
	}
	return out
}

// query is an address with its query string, in which secrets are.
var query = regexp.MustCompile(`(?:https?|wss?)://[^\s"]*\?[^\s"]+`)

// inspectReport holds a report to the rules of scrapers.Trouble.
func (h *Host) inspectReport(part string, err error) {
	if err == nil {
		return
	}
	if found := query.FindString(err.Error()); found != "" {
		h.fault("a report on %q shows a query string: %q", part, found)
	}
}
