package window_test

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

var (
	soakDays   = flag.Int("soak.days", 8, "days that TestSoak simulates")
	soakMemory = flag.Int64("soak.memory", 4, "MiB that TestSoak gives the core")
	soakTerms  = flag.Int("soak.terms", 0, "millions of distinct terms that TestPeakMemory counts; 0 skips it")
)

// A core gets ten times the terms that its table holds, day after day, from a
// vocabulary that drifts: its memory stops growing once the window is full, and
// what people look at, the top of the list, stays right. `make soak` runs it for
// a month in a larger memory and prints a line a day.
func TestSoak(t *testing.T) {
	cfg := window.Config{Memory: *soakMemory << 20}.WithDefaults()
	s := newSoak(t, cfg, *soakDays, 10)
	defer s.close()
	t.Logf("%d MiB, %d places in the table, %d posts a day", *soakMemory, s.capacity, s.perDay)
	fmt.Fprintln(t.Output(), "day    RSS MiB   heap MiB    tracked    evicted   doorkeeper bound   horizon h   false seen   top-100 error   of them found")
	const settled = 4 // days until the window and what ages behind it are full
	var heap, rss []float64
	for day := range *soakDays {
		s.day(day)
		r := s.report()
		fmt.Fprintf(t.Output(), "%3d   %8.1f   %8.1f   %8d   %8d   %16d   %9.1f   %9.3f%%   %12.3f%%   %13d\n",
			day+1, r.rss/(1<<20), r.heap/(1<<20), r.tracked, r.evicted, r.bound, r.horizon, 100*r.falseSeen, 100*r.err, r.found)
		if day < settled {
			continue
		}
		heap, rss = append(heap, r.heap), append(rss, r.rss)
		if r.found < top*95/100 || r.err > 0.02 {
			t.Errorf("day %d: %d of the top %d are found, off by %.2f %%", day+1, r.found, top, 100*r.err)
		}
	}
	checkGrowth(t, "heap", heap)
	checkGrowth(t, "resident memory", rss)
}

// checkGrowth fails the test when a line through the values rises over their whole
// length by more than a twentieth and a mebibyte, which is what measuring a
// process costs.
func checkGrowth(t *testing.T, what string, values []float64) {
	t.Helper()
	n := float64(len(values))
	if n < 3 || values[0] == 0 {
		t.Logf("%s: too few days, or not known on this system", what)
		return
	}
	var sx, sy, sxx, sxy float64
	for i, y := range values {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	rise := slope * (n - 1)
	t.Logf("%s: %+.1f KiB a day", what, slope/1024)
	if rise > sy/n/20+1<<20 {
		t.Errorf("%s grows by %.0f KiB a day, from %.1f MiB to %.1f MiB", what, slope/1024, values[0]/(1<<20), values[len(values)-1]/(1<<20))
	}
}

// TestPeakMemory counts many millions of distinct terms within one window and
// compares the most memory that the process ever had with what the core was
// given. It wants a process of its own: `make soak`.
func TestPeakMemory(t *testing.T) {
	if *soakTerms == 0 {
		t.Skip("-soak.terms is 0: see make soak")
	}
	cfg := window.Config{}.WithDefaults()
	distinct := *soakTerms * 1_000_000
	before := status("VmHWM")
	s := newSoak(t, cfg, window.Hours/24, 0)
	defer s.close()
	s.perDay = int(float64(distinct) / window.Hours * 24 / tailShare / freshShare)
	for day := range window.Hours / 24 {
		s.day(day)
	}
	r := s.report()
	peak := status("VmHWM")
	t.Logf("%.2f million distinct terms in %d posts: %d tracked, doorkeeper bound %d, horizon %.1f h, false seen %.2f %%, top-100 error %.3f %%, %d of them found",
		float64(s.tail+headTerms)/1e6, 3*s.perDay, r.tracked, r.bound, r.horizon, 100*r.falseSeen, 100*r.err, r.found)
	t.Logf("peak resident memory %.0f MiB (%.0f MiB before), %.2f times the %d MiB of the core",
		peak/(1<<20), before/(1<<20), peak/float64(cfg.Memory), cfg.Memory>>20)
	if peak > 1.5*float64(cfg.Memory) {
		t.Errorf("peak resident memory is more than one and a half times what the core was given")
	}
}

const (
	top        = 100  // terms whose counts must be right
	headTerms  = 5000 // terms in use at a time
	headStep   = 60   // of these, fall out of use and are replaced every day
	tailShare  = 0.5  // of the posts are of terms that nobody uses again
	freshShare = 0.7  // of these are of a new term, the others of a recent one
	tailFirst  = 10_000_000
)

// soak makes up days of posts, and knows how often the terms that can be in the
// top were used. What it remembers does not grow.
type soak struct {
	*player
	rng      *rand.Rand
	head     zipf
	capacity int
	perDay   int
	tail     int                   // terms of the tail so far
	words    []window.Observation  // of the head, by number
	truth    [window.Hours][]int32 // posts by hour and number
	hour     int64
}

// newSoak returns a stream of at most so many days, whose window holds load times
// the terms that the core's table can.
func newSoak(t *testing.T, cfg window.Config, days, load int) *soak {
	s := &soak{player: newPlayer(t, cfg, 1, 13), rng: rand.New(rand.NewPCG(13, 13)), head: newZipf(headTerms, 1.1)}
	for _, shard := range s.core.Shards() {
		s.capacity += shard.Stats().Capacity
	}
	s.perDay = max(int(float64(load*s.capacity)/window.Hours*24/tailShare/freshShare), 100_000) / slowdown
	// All that the stream remembers is there from the beginning, so that what
	// grows is the core.
	for n := range headTerms + (days+1)*headStep {
		s.words = append(s.words, word(n, 0))
	}
	for i := range s.truth {
		s.truth[i] = make([]int32, len(s.words))
	}
	return s
}

func (s *soak) day(day int) {
	for i := range s.perDay {
		at := epoch + int64((float64(day)+float64(i)/float64(s.perDay))*24*3600e6)
		if hour := at / 3600e6; hour != s.hour {
			s.hour = hour
			clear(s.truth[hour%window.Hours])
		}
		o := post{at: at}
		if s.rng.Float64() < tailShare {
			n := s.tail
			if s.rng.Float64() < freshShare || n == 0 {
				s.tail++
			} else {
				n -= 1 + s.rng.IntN(min(n, 1000))
			}
			o.Observation = tailWord(n)
		} else {
			n := s.head.draw(s.rng) + (day*s.perDay+i)*headStep/s.perDay
			o.Observation = s.words[n]
			s.truth[s.hour%window.Hours][n]++
		}
		o.Author = person(s.rng.Uint64N(1_000_000) + 1)
		s.feed(&o)
	}
	s.closeThrough(s.newest)
	for _, shard := range s.core.Shards() {
		shard.Retire(s.newest, 28*24*s.cfg.PanesPerHour(), 5)
	}
}

// tailWord is a term of a length that is usual for hashtags.
func tailWord(n int) window.Observation {
	key := "soaking" + strconv.Itoa(tailFirst+n)
	return window.Observation{ID: term.ScopeOf(term.Hashtag, platforms[0]).ID(key), Kind: term.Hashtag, Key: key, Display: key}
}

// soaked is how a core is at the end of a day.
type soaked struct {
	rss, heap float64 // bytes, after a collection
	tracked   int
	evicted   uint64
	bound     uint32  // of the doorkeeper, in the worst shard
	horizon   float64 // hours back that authors are known to have been met, likewise
	falseSeen float64 // likewise
	err       float64 // of the counts of the true top, relative, on average
	found     int     // how many of these the core ranks among its own
}

func (s *soak) report() (r soaked) {
	r.horizon = math.Inf(1)
	for _, shard := range s.core.Shards() {
		st := shard.Stats()
		r.tracked += st.Tracked
		r.evicted += st.Evicted
		r.bound = max(r.bound, shard.DoorkeeperBound())
		r.horizon = min(r.horizon, shard.FreshHorizon())
		r.falseSeen = max(r.falseSeen, shard.FalseSeen())
	}
	r.err, r.found = s.accuracy()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.heap, r.rss = float64(m.HeapAlloc), status("VmRSS")
	return r
}

// accuracy compares the core's list of the most used terms with the truth: the
// mean relative error of the true top, and how many of it the core ranks there.
func (s *soak) accuracy() (err float64, found int) {
	type ranked struct {
		id    term.ID
		posts uint64
	}
	first := func(all []ranked) []ranked {
		slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.posts, a.posts), cmp.Compare(a.id, b.id)) })
		return all[:min(top, len(all))]
	}
	var want, got []ranked
	for n := range s.words {
		sum := uint64(0)
		for _, hour := range s.truth {
			sum += uint64(hour[n])
		}
		want = append(want, ranked{s.words[n].ID, sum})
	}
	want = first(want)
	for _, shard := range s.core.Shards() {
		for slot := range shard.Slots() {
			id := shard.Info(slot).ID
			got = append(got, ranked{id, shard.Lookup(id, s.newest).Posts})
		}
	}
	listed := map[term.ID]bool{}
	for _, r := range first(got) {
		listed[r.id] = true
	}
	for _, w := range want {
		c := s.core.ShardOf(w.id).Lookup(w.id, s.newest)
		err += math.Abs(float64(c.Posts)-float64(w.posts)) / float64(w.posts) / top
		if listed[w.id] {
			found++
		}
	}
	return err, found
}

// status returns a line of /proc/self/status in bytes, 0 where there is none.
func status(name string) float64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name+":"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib * 1024
		}
	}
	return 0
}
