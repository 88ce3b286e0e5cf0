package app

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/serve"
)

// Against the ledger that counts: whatever becomes of appends, and whenever the program
// is killed, a delivery is counted once, what is answered as accepted is counted, and an
// accepted one is answered for as it was.
func TestDeliveriesWithNamesAreCountedOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := int64(1_750_000_000_000_000)
		ledger := journal.NewLedger()
		type life struct { // of a name, until its time is over
			key [16]byte
			n   int
		}
		var log []journal.Batch // the journal
		var lives []life        // that its batches belong to
		counted := 0            // of it
		tallies := map[life]int{}
		accepted := map[life]int64{} // clock that the sender was answered by
		current := map[[16]byte]life{}
		at := map[[16]byte]int64{} // when one was kept, within its time
		o := newOnce(ledger, func() time.Time { return time.UnixMicro(now) })
		count := func(until int) {
			for ; counted < until; counted++ {
				b := &log[counted]
				if !ledger.Has(b) {
					tallies[lives[counted]]++
					ledger.Take(b)
					o.note(b)
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			now += rapid.SampledFrom([]int64{1, 1000, journal.KeepNames / 2}).Draw(rt, "later")
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0: // counting goes on
				count(rapid.IntRange(counted, len(log)).Draw(rt, "until"))
			case 1: // killed: the next start counts all before it takes deliveries with names
				stored := again(rt, ledger)
				ledger = stored
				o = newOnce(ledger, func() time.Time { return time.UnixMicro(now) })
				count(len(log))
			default:
				d := serve.Once{Key: [16]byte{rapid.ByteRange(1, 3).Draw(rt, "key")}, NotAfter: now}
				for key, when := range at {
					if now-when > journal.KeepNames { // its time is over: it may be counted anew
						delete(at, key)
						current[key] = life{key, current[key].n + 1}
					}
				}
				this := life{d.Key, current[d.Key].n}
				clock, before := accepted[this]
				err := o.begin(&d)
				var again *serve.AgainError
				if errors.As(err, &again) && !again.Taken {
					if before {
						rt.Fatalf("%v is in doubt although it was answered for", d.Key)
					}
					d.NotAfter = again.NotAfter
					err = o.begin(&d)
				}
				switch {
				case errors.As(err, &again) && again.Taken:
					if before && again.NotAfter != clock {
						rt.Fatalf("answered by %d, and before by %d", again.NotAfter, clock)
					}
					if at[d.Key] != 0 { // else it is one whose time is just over
						accepted[this] = again.NotAfter
					}
				case err != nil:
					rt.Fatal(err)
				default:
					if before {
						rt.Fatalf("%v is accepted twice", d.Key)
					}
					keep := func(b journal.Batch) {
						log, lives = append(log, b), append(lives, this)
						if at[d.Key] == 0 {
							at[d.Key] = now
						}
					}
					b := journal.Batch{Once: journal.Once{Key: d.Key, Clock: d.NotAfter}, Ingest: now}
					switch rapid.SampledFrom([]string{"kept", "kept", "refused", "doubt, kept", "doubt, lost"}).Draw(rt, "append") {
					case "kept":
						keep(b)
						o.end(&d, b.Ingest, nil)
						accepted[this] = d.NotAfter
					case "refused":
						o.end(&d, 0, serve.ErrFull)
					case "doubt, kept":
						keep(b)
						o.end(&d, 0, fmt.Errorf("%w: x", serve.ErrInDoubt))
					case "doubt, lost":
						o.end(&d, 0, serve.ErrInDoubt)
					}
				}
			}
		}
		count(len(log))
		for l := range accepted {
			if tallies[l] != 1 {
				rt.Fatalf("%v was answered for and is counted %d times", l, tallies[l])
			}
		}
		for l, n := range tallies {
			if n > 1 {
				rt.Fatalf("%v is counted %d times", l, n)
			}
		}
	})
}

func again(t interface{ Fatal(...any) }, l *journal.Ledger) *journal.Ledger {
	data, err := l.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	out := journal.NewLedger()
	if err := out.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNamesOfDeliveries(t *testing.T) {
	now := time.UnixMicro(1_750_000_000_000_000)
	o := newOnce(journal.NewLedger(), func() time.Time { return now })
	d := serve.Once{Key: [16]byte{1}, Body: [16]byte{2}, NotAfter: 3}
	other := serve.Once{Key: [16]byte{1}, Body: [16]byte{9}, NotAfter: 3}
	if err := o.begin(&d); err != nil {
		t.Fatal(err)
	}
	if err := o.begin(&d); !errors.Is(err, serve.ErrKeyBusy) {
		t.Errorf("under way: %v", err)
	}
	if err := o.begin(&other); !errors.Is(err, serve.ErrKeyReused) {
		t.Errorf("under way, another body: %v", err)
	}
	o.end(&d, 0, serve.ErrFull)
	if err := o.begin(&other); err != nil {
		t.Errorf("what was refused holds its name: %v", err)
	}
	o.end(&other, now.UnixMicro(), nil)
	if err := o.begin(&d); !errors.Is(err, serve.ErrKeyReused) {
		t.Errorf("taken, another body: %v", err)
	}
	if err := o.begin(&serve.Once{}); err != nil || len(o.known) != 1 {
		t.Errorf("no name: %v", err)
	}
	for i := range journal.MaxNames {
		o.note(&journal.Batch{Ingest: now.UnixMicro() + 5, Once: journal.Once{Key: [16]byte{2, byte(i), byte(i >> 8), byte(i >> 16)}}})
	}
	fresh := serve.Once{Key: [16]byte{7}}
	if err := o.begin(&fresh); !errors.Is(err, serve.ErrTooManyKeys) {
		t.Errorf("no room: %v", err)
	}
	now = now.Add(26 * time.Hour)
	if err := o.begin(&fresh); err != nil || len(o.known) != 1 || len(o.order) != 0 {
		t.Errorf("a day later: %v, %d known", err, len(o.known))
	}
}
