//go:build unix

package crash

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// A program that reads a stream which breaks off again and again, and that is killed again
// and again, counts every post of it once.
func TestKilledProgramCountsAStreamOnce(t *testing.T) {
	t.Parallel()
	rng := random(t)
	end := time.Now().Add(-2 * time.Second).Truncate(time.Second)
	site, posts, config := fakeBluesky(t, scrapetest.Crowd(20, rng.Uint64()), func() time.Time { return end }, 2000, rng.Uint64(), 8*time.Minute)
	dir := filepath.Join(t.TempDir(), "data")
	kills, done := 0, false
	for limit := time.Now().Add(hang); !done; kills++ {
		p := serveOn(t, dir, launch{sources: config})
		p.mustServe()
		last := kills >= min(4, *roundsFlag)
		until := time.Now().Add(time.Duration(50+rng.IntN(700)) * time.Millisecond)
		// Where a first run begins is forgotten with it, until something was delivered.
		for (last || time.Now().Before(until) || kills == 0 && p.bluesky().Records == 0) && !done {
			if time.Now().After(limit) {
				t.Fatalf("not everything has come\n%s", tailOf(p.log.String(), 40))
			}
			done = p.has(end)
			time.Sleep(5 * time.Millisecond)
		}
		p.kill()
	}
	status := countedOnce(t, dir, "", site, posts, end)
	t.Logf("%d kills, %d connections, %d posts again", kills, len(site.Seen()), status.Counters.Duplicates)
}
