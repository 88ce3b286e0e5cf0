package serve

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
)

// TestAnswersWhileCounting asks from many goroutines while a stream is fed and
// stored: views never go back, and one tag stands for one body.
func TestAnswersWhileCounting(t *testing.T) {
	const before = 25 * detect.PanesPerHour
	w, err := newWorld(t.TempDir(), before)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	s := newServer(t, Options{Source: w.engine, History: w.store, Nonce: "live", Clock: func() time.Time { return start }})
	var bodies sync.Map // by tag
	done := make(chan struct{})
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			for seq := uint64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				got := ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=3")
				if got.Seq < seq {
					t.Errorf("view %d after %d", got.Seq, seq)
				}
				seq = got.Seq
				resp := do(s, "GET", "/api/v1/trends?series=1")
				b := body(t, resp)
				if other, twice := bodies.LoadOrStore(resp.Header.Get("Etag"), b); twice && !bytes.Equal(other.([]byte), b) {
					t.Errorf("tag %s has two bodies", resp.Header.Get("Etag"))
				}
			}
		})
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				tm := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/daily0")
				for _, p := range tm.Platforms {
					if !p.Posts.Exact {
						t.Errorf("posts are %+v", p.Posts)
					}
				}
				series := ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/daily0/series")
				for _, p := range series.Platforms {
					checkWhole(t, p.Points)
				}
				ask[api.StatusAnswer](t, s, "/api/v1/status")
			}
		})
	}
	if err := w.feed(before, before+12); err != nil {
		t.Error(err)
	}
	close(done)
	asking.Wait()
}

// checkWhole checks that hours follow each other without a gap or a repeat.
func checkWhole(t *testing.T, points []api.Point) {
	t.Helper()
	for i := 1; i < len(points); i++ {
		if got := points[i].Start.Sub(points[i-1].Start); got != time.Hour {
			t.Errorf("%v follows %v", points[i].Start, points[i-1].Start)
		}
		if points[i-1].Partial {
			t.Errorf("%v is partial and not the last", points[i-1].Start)
		}
	}
}
