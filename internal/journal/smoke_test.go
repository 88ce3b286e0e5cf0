package journal

import (
	"fmt"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

func TestSmoke(t *testing.T) {
	dir := t.TempDir()
	o := Options{Dir: dir, Now: time.Now, MinFree: -1}
	for round := range 2 {
		j, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			b := Batch{Records: []term.Record{{TS: 5, Platform: "x", Tags: []string{"a", fmt.Sprint(i)}}}}
			p, err := j.Append(t.Context(), &b)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(p, b.Ingest)
		}
		info, _ := j.info(t.Context())
		t.Log(j.State(), info.State.Bytes)
		r, err := j.Read(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 * (round + 1) {
			e, err := r.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b, err := e.Next()
			t.Log(e.Number, b, err)
		}
		start := time.Now()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(start))
	}
}
