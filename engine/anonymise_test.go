package engine

import (
	"testing"

	"github.com/swell-radar/swell/term"
)

// What an engine counts of a record does not depend on where its author became a hash.
func TestAnonymisedAuthorsCountTheSame(t *testing.T) {
	opt := options(2)
	opt.AuthorKey = [16]byte{1, 2, 3}
	recs := smallWorld(t, 4, 2)
	_, ticks := replayAll(t, opt, recs)
	door := NewAnonymiser(opt.AuthorKey)
	hashed := 0
	for i := range recs {
		had := recs[i].Author != ""
		if door.Anonymise(&recs[i]); recs[i].Author != "" || (recs[i].AuthorHash != 0) != had {
			t.Fatalf("record %d: author %q, hash %x", i, recs[i].Author, recs[i].AuthorHash)
		}
		if had {
			hashed++
		}
	}
	if hashed == 0 {
		t.Fatal("no record has an author: the test compares nothing")
	}
	if _, again := replayAll(t, opt, recs); digest(t, again) != digest(t, ticks) {
		t.Error("hashed at the door, the same authors give other results")
	}
}

func TestAnonymiserAllocatesNothing(t *testing.T) {
	door := NewAnonymiser([16]byte{7})
	rec := term.Record{Platform: "x", Author: "somebody"}
	if n := testing.AllocsPerRun(100, func() {
		rec.Author, rec.AuthorHash = "somebody", 0
		door.Anonymise(&rec)
	}); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}
