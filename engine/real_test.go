package engine

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

func TestQuick(t *testing.T) {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip()
	}
	for _, name := range []string{"reddit-2013a"} {
		e, err := New(DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		var dets []Detection
		done := make(chan int64)
		fin := make(chan struct{})
		go func() {
			defer close(fin)
			last := int64(-1)
			seen := int64(-2)
			for seen != last {
				select {
				case tk := <-e.Ticks():
					seen = tk.Pane
					dets = append(dets, tk.Detections...)
				case last = <-done:
				}
			}
		}()
		start := time.Now()
		r, err := push.Open(filepath.Join(dir, name+".ndjson.zst"), push.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var rec term.Record
		for {
			_, err := r.Next(&rec)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e.Observe(&rec)
		}
		done <- e.Flush()
		<-fin
		n := 0
		for _, d := range dets {
			if d.From == 0 {
				n++
			}
		}
		v := e.View()
		t.Logf("%s: %v %+v, %d detections %d raises, %d open %+v", name, time.Since(start), v.Counters, len(dets), n, len(v.Trends), v.Core)
		for _, tr := range v.Trends[:min(3, len(v.Trends))] {
			t.Logf("  %s %s %v %.1f %s", tr.Term.Display, tr.Platform, tr.Phase, tr.Rank, tr.Sentence)
		}
		e.Close()
	}
	_ = detect.Over
}
