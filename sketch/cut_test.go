package sketch

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/cow"
)

// cutTable is a table as it is cut.
type cutTable interface {
	Table() *cow.Table
	AppendHead(dst []byte) []byte
	AppendBinary(dst []byte) []byte
	RestoreHead(data []byte) (rest []byte, err error)
}

// A cut of a table is what it was, whatever is added meanwhile and however time leaps.
func TestTablesAreCutAsTheyWere(t *testing.T) {
	for name, kind := range map[string]struct {
		make func() cutTable
		use  func(table cutTable, key uint64, at int64)
	}{
		"recent": {
			func() cutTable { return NewRecent(nil, 4096, 72) },
			func(table cutTable, key uint64, at int64) { table.(*Recent).Add(key, at) },
		},
		"renewed": {
			func() cutTable { return NewRecent(nil, 4096, 336) },
			func(table cutTable, key uint64, at int64) { table.(*Recent).Renew(key, at) },
		},
		"echoes": {
			func() cutTable { return NewEchoes(nil, 2048, 6) },
			func(table cutTable, key uint64, at int64) { table.(*Echoes).Say(key, key%5, at) },
		},
		"meetings": {
			func() cutTable { return NewMeetings(nil, 4096, 144) },
			func(table cutTable, key uint64, at int64) { table.(*Meetings).Meet(key, at, uint8(1+key%2)) },
		},
		"doorkeeper": {
			func() cutTable { return NewCountMin(nil, 4096) },
			func(table cutTable, key uint64, at int64) {
				table.(*CountMin).Advance(at / 40)
				table.(*CountMin).Add(key, uint32(key%9))
			},
		},
		"tally": {
			func() cutTable { return NewTally(nil, 4096, 3) },
			func(table cutTable, key uint64, at int64) {
				table.(*Tally).Advance(at / 6)
				table.(*Tally).Add(at/6-int64(key%3), key, uint32(key%9))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				table := kind.make()
				set := cow.NewSet(nil, table.Table())
				at := int64(1000)
				use := func(most int) {
					for range rng.IntN(most) {
						kind.use(table, hashed(rng.Uint64N(3000)), at)
						if rng.IntN(60) == 0 {
							at += []int64{1, 1, 2, 7, 40, 600}[rng.IntN(6)]
						}
					}
				}
				var cuts [][]byte
				for n := range rapid.IntRange(1, 6).Draw(t, "cuts") {
					use(1500)
					full := n == 0 || rng.IntN(4) == 0
					if full {
						cuts = nil
					}
					set.Begin(full)
					head, whole := table.AppendHead(nil), table.AppendBinary(nil)
					var saved []byte
					for more := true; more; {
						use(40)
						more = set.Step(1 + rng.IntN(3000))
						for p := set.Next(); p != nil; p = set.Next() {
							saved = append(saved, p...)
							set.Take()
						}
					}
					cuts = append(cuts, saved)

					again := kind.make()
					if rest, err := again.RestoreHead(head); err != nil || len(rest) > 0 {
						t.Fatal(len(rest), err)
					}
					back := cow.NewSet(nil, again.Table())
					back.BeginRestore()
					for i := range cuts {
						if err := back.Restore(bytes.NewReader(cuts[len(cuts)-1-i])); err != nil {
							t.Fatal(err)
						}
					}
					back.EndRestore()
					if !bytes.Equal(again.AppendBinary(nil), whole) {
						t.Fatalf("cut %d is not what the table was", n)
					}
					if r, ok := again.(interface{ Restored() }); ok {
						r.Restored()
					}
				}
			})
		})
	}
}
