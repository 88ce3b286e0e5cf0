package judge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// full is a judge with as many threads as there can be, each with some rules and platforms.
func full(rules, platforms int, place func(thread, i int) string) *Judge {
	j := &Judge{at: start, known: map[string]uint64{}, threads: map[threadKey]*thread{}}
	for i := range maxThreads {
		t := &thread{Kind: kind(term.Hashtag), Group: uint64(i) * 0x9e3779b97f4a7c15, ID: digest(16, i), Seen: start - int64(i/100)*detect.PaneSeconds}
		for k := range rules {
			x := told{Rule: fmt.Sprintf("campaign-number-%03d", k), Phase: detect.Rising, Held: t.Seen - int64(k%7)*detect.PaneSeconds, Alerts: k%3 == 0}
			for p := range platforms {
				x.Places = append(x.Places, place(i, p))
			}
			slices.Sort(x.Places)
			t.Told = append(t.Told, x)
		}
		j.threads[t.key()] = t
	}
	return j
}

// As many threads and rules as there can be fit into one value of the drawer.
func TestTheStateFitsItsItem(t *testing.T) {
	j := full(MaxRules, 0, nil)
	enc, err := j.AppendBinary(nil)
	if err != nil || len(enc) > store.MaxItemValue {
		t.Fatalf("%d bytes, %v", len(enc), err)
	}
	back, err := Decode(enc)
	if err != nil || len(back.threads) != maxThreads || len(j.threads) != maxThreads {
		t.Fatalf("%d threads are read again, %d are left (%v)", len(back.threads), len(j.threads), err)
	}
	if again, err := back.AppendBinary(nil); err != nil || !bytes.Equal(enc, again) {
		t.Fatalf("it is read as another one (%v)", err)
	}
}

// What does not fit is forgotten in memory as well, so that a restart changes nothing.
func TestWhatDoesNotFitIsForgottenEverywhere(t *testing.T) {
	j := full(4, 8, func(thread, i int) string { // names that nothing packs
		sum := sha256.Sum256(fmt.Append(nil, thread, i))
		return hex.EncodeToString(sum[:])
	})
	enc, err := j.AppendBinary(nil)
	if err != nil || len(enc) > store.MaxItemValue {
		t.Fatalf("%d bytes, %v", len(enc), err)
	}
	back, err := Decode(enc)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(back.threads); n == maxThreads || n < maxThreads/3 || n != len(j.threads) {
		t.Fatalf("%d threads are read again, %d are left", n, len(j.threads))
	}
	for key, was := range j.threads {
		if back.threads[key] == nil || was.Seen < start-int64(maxThreads/100)*detect.PaneSeconds {
			t.Fatalf("%s is not read again", was.ID)
		}
	}
	for _, gone := range full(0, 0, nil).threads {
		for _, left := range j.threads {
			if j.threads[gone.key()] == nil && gone.Seen > left.Seen {
				t.Fatalf("%s is forgotten, and %s, seen before it, is not", gone.ID, left.ID)
			}
		}
	}
}
