package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestHeartbeat(t *testing.T) {
	const at = 1_469_715_780_000_000
	for line, want := range map[string][]string{
		`{"type":"heartbeat","ts":1469715780}`:                                                    nil,
		`{"type":"heartbeat","ts":1469715780,"missing":null}`:                                     nil,
		`{"missing":["mastodon","Bluesky","mastodon",""],"type":"heartbeat","ts":1469715780}`:     {"bluesky", "mastodon"},
		`{"ts":1469715780,"text":"#x","sound":{"id":"1"},"missing":["nostr"],"type":"heartbeat"}`: {"nostr"},
	} {
		var d Decoder
		var got Record
		if err := d.Decode([]byte(line), &got); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(Record{TS: at, Heartbeat: &Heartbeat{Missing: want}}, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestHeartbeatErrors(t *testing.T) {
	many := make([]string, MaxMissing+1)
	for i := range many {
		many[i] = fmt.Sprintf("%q", fmt.Sprint("p", i))
	}
	for line, want := range map[string]string{
		`{"type":"heartbeat"}`: "ts",
		`{"type":"heartbeat","ts":1469715780,"missing":"bluesky"}`:                         "missing",
		`{"type":"heartbeat","ts":1469715780,"missing":["blue sky"]}`:                      "missing",
		`{"type":"heartbeat","ts":1469715780,"missing":[` + strings.Join(many, ",") + `]}`: "more than 64",
		`{"ts":1469715780,"missing":["bluesky"]}`:                                          "nothing to count",
		`{"type":"pulse","ts":1469715780}`:                                                 `"heartbeat"`,
	} {
		var d Decoder
		var rec Record
		if err := d.Decode([]byte(line), &rec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want something about %s", line, err, want)
		}
		if rec.Heartbeat != nil || rec.TS != 0 {
			t.Errorf("%s: the record is not empty", line)
		}
	}
}

// Lines of any shape may follow each other, and none leaves anything in the next.
func TestHeartbeatsAllocateNothing(t *testing.T) {
	lines := [][]byte{
		[]byte(`{"type":"heartbeat","ts":1469715780,"missing":["bluesky","mastodon"]}`),
		[]byte(`{"ts":1469715780,"platform":"x","id":"1","author":"a","text":"so #cool","sound":{"id":"7"},"tags":["x"]}`),
		[]byte(`{"type":"heartbeat","ts":1469715780}`),
	}
	var d Decoder
	var rec Record
	if n := testing.AllocsPerRun(100, func() {
		for _, line := range lines {
			if err := d.Decode(line, &rec); err != nil {
				t.Fatal(err)
			}
		}
		if len(rec.Heartbeat.Missing) != 0 {
			t.Fatal("something is left of another heartbeat")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
