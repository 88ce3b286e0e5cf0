package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// The promises of a journal, kept by every kind of server alike.

func TestEmbedded(t *testing.T) {
	suite(t, func(t testing.TB) Options { return embedded(t.TempDir()) })
}

func TestOutsideServer(t *testing.T) {
	s := outsideServer(t, nil)
	n := 0
	suite(t, func(testing.TB) Options {
		n++
		return Options{URL: s.ClientURL(), Stream: fmt.Sprint("S", n), Now: time.Now}
	})
	t.Run("two processes", func(t *testing.T) {
		testTwoProcesses(t, Options{URL: s.ClientURL(), Stream: "TWO", Now: time.Now})
	})
	t.Run("two owners", func(t *testing.T) { testTwoOwners(t, Options{URL: s.ClientURL(), Stream: "OWNED", Now: time.Now}) })
	t.Run("one owner", func(t *testing.T) { testOneOwner(t, Options{URL: s.ClientURL(), Stream: "MADE", Now: time.Now}) })
	t.Run("foreign", func(t *testing.T) { testForeign(t, s.ClientURL()) })
}

func TestCluster(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("three servers take their time")
	}
	servers, urls := cluster(t)
	n := 0
	suite(t, func(testing.TB) Options {
		n++
		return Options{URL: urls, Stream: fmt.Sprint("S", n), Replicas: 3, Now: time.Now}
	})
	t.Run("a server gone", func(t *testing.T) {
		testServerGone(t, Options{URL: urls, Stream: "GONE", Replicas: 3, Now: time.Now}, servers)
	})
}

// suite runs all tests; fresh returns the options of a new journal.
func suite(t *testing.T, fresh func(testing.TB) Options) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Options)
	}{
		{"order", testOrder}, {"appenders", testAppenders}, {"stamps", testStamps}, {"reopen", testReopen},
		{"bounds", testBounds}, {"trim", testTrim}, {"age", testAge}, {"bytes", testBytes},
		{"given up", testGivenUp}, {"close", testClose}, {"too large", testTooLarge}, {"import", testImport},
		{"identity", testIdentity},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, fresh(t)) })
	}
}

// numbered returns batch n of a producer.
func numbered(producer string, n int) *Batch {
	return &Batch{Producer: producer, Epoch: 1, Seq: uint64(n), Source: producer, Cursor: fmt.Append(nil, n),
		Records: []term.Record{{TS: int64(n), Platform: producer, Tags: []string{fmt.Sprint("t", n)}}}}
}

func mustAppend(t testing.TB, j *Journal, b *Batch) Place {
	t.Helper()
	p, err := j.Append(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readAll returns the batches from an entry up to the end, by place.
func readAll(t testing.TB, j *Journal, from uint64) (places []Place, batches []*Batch) {
	t.Helper()
	_, next, err := j.Bounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := j.Read(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	for n := from; n < next; n++ {
		e, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if e.Number != n {
			t.Fatalf("entry %d came where %d should", e.Number, n)
		}
		for {
			at := e.Place()
			b, err := e.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			places, batches = append(places, at), append(batches, clone(b))
		}
	}
	return places, batches
}

func testOrder(t *testing.T, o Options) {
	j := mustOpen(t, o)
	var want []*Batch
	var places []Place
	for i := range 150 { // more than a reader fetches at once
		b := numbered("p", i+1)
		places = append(places, mustAppend(t, j, b))
		want = append(want, b)
	}
	got, batches := readAll(t, j, 1)
	if !slices.Equal(got, places) {
		t.Fatalf("places %v, want %v", got, places)
	}
	for i := range want {
		sameBatch(t, batches[i], want[i])
	}
	if at := places[100].Entry; at != 101 {
		t.Errorf("batch 100 is in entry %d", at)
	}
	if got, _ := readAll(t, j, 101); got[0] != places[100] {
		t.Errorf("from 101 on the first is %v", got[0])
	}
}

// Many append while two read. All batches come once, those of a producer in its
// order, and each where Append said; some share an entry.
func testAppenders(t *testing.T, o Options) {
	const producers, each = 8, 60
	j := mustOpen(t, o)
	var mu sync.Mutex
	said := map[string]Place{}
	var wg sync.WaitGroup
	errs := make(chan error, producers+2)
	for p := range producers {
		wg.Go(func() {
			for n := range each {
				b := numbered(fmt.Sprint("p", p), n+1)
				at, err := j.Append(t.Context(), b)
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				said[fmt.Sprint(b.Producer, "/", b.Seq)] = at
				mu.Unlock()
			}
		})
	}
	found := make([]map[string]Place, 2)
	for i := range found {
		found[i] = map[string]Place{}
		wg.Go(func() {
			errs <- func() error {
				r, err := j.Read(t.Context(), 1)
				if err != nil {
					return err
				}
				last := map[string]uint64{}
				for len(found[i]) < producers*each {
					e, err := r.Next(t.Context())
					if err != nil {
						return err
					}
					for range e.Len() {
						at := e.Place()
						b, err := e.Next()
						if err != nil {
							return err
						}
						if b.Seq != last[b.Producer]+1 {
							return fmt.Errorf("%s sent %d behind %d", b.Producer, b.Seq, last[b.Producer])
						}
						last[clone(b).Producer] = b.Seq
						found[i][fmt.Sprint(b.Producer, "/", b.Seq)] = at
					}
				}
				return nil
			}()
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range found {
		for key, at := range found[i] {
			if said[key] != at {
				t.Fatalf("%s is at %v, Append said %v", key, at, said[key])
			}
		}
	}
	if _, next, _ := j.Bounds(t.Context()); next >= producers*each {
		t.Errorf("%d entries for %d batches: none were stored together", next-1, producers*each)
	}
}

// Stamps hold where the clock goes back, follow it where it jumps ahead, and go on
// where they were after an opening.
func testStamps(t *testing.T, o Options) {
	var c clock
	o.Now = c.now
	var got []int64
	for _, times := range [][]int64{{1000, 2000, 500, 2001}, {1500, 9000, 8999}} {
		j, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range times {
			c.micros.Store(at)
			b := &Batch{}
			mustAppend(t, j, b)
			got = append(got, b.Ingest)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{1000, 2000, 2000, 2001, 2001, 9000, 9000}; !slices.Equal(got, want) {
		t.Errorf("stamps %v, want %v", got, want)
	}
}

func testReopen(t *testing.T, o Options) {
	for round := range 3 {
		j, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		_, batches := readAll(t, j, 1)
		if len(batches) != 5*round {
			t.Fatalf("%d batches after %d openings", len(batches), round)
		}
		for i := range 5 {
			mustAppend(t, j, numbered("p", 5*round+i+1))
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Append(t.Context(), &Batch{}); !errors.Is(err, ErrClosed) {
			t.Fatalf("append after close: %v", err)
		}
		if _, _, err := j.Bounds(t.Context()); !errors.Is(err, ErrClosed) {
			t.Fatalf("bounds after close: %v", err)
		}
	}
}

func testBounds(t *testing.T, o Options) {
	j := mustOpen(t, o)
	bounds := func(wantFirst, wantNext uint64) {
		t.Helper()
		first, next, err := j.Bounds(t.Context())
		if err != nil || first != wantFirst || next != wantNext {
			t.Fatalf("[%d, %d), %v; want [%d, %d)", first, next, err, wantFirst, wantNext)
		}
	}
	bounds(1, 1)
	if _, err := j.Read(t.Context(), 2); !errors.Is(err, ErrBehind) {
		t.Errorf("reading behind the end: %v", err)
	}
	for i := range 9 {
		mustAppend(t, j, numbered("p", i+1))
	}
	bounds(1, 10)
	if err := j.Trim(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	bounds(4, 10)
	var gap *GapError
	if _, err := j.Read(t.Context(), 2); !errors.As(err, &gap) || *gap != (GapError{2, 3}) {
		t.Errorf("reading what is trimmed: %v", err)
	}
	if s := j.State(); s.First != 4 || s.Next != 10 || s.Full {
		t.Errorf("state %+v", s)
	}
	if info, err := j.info(t.Context()); err != nil || j.State().Bytes != int64(info.State.Bytes) {
		t.Errorf("%d bytes, the server says %d (%v)", j.State().Bytes, info.State.Bytes, err)
	}
}

func testTrim(t *testing.T, o Options) {
	j := mustOpen(t, o)
	for i := range 10 {
		mustAppend(t, j, numbered("p", i+1))
	}
	for _, c := range []struct{ before, first uint64 }{{0, 1}, {1, 1}, {5, 5}, {3, 5}, {100, 10}} {
		if err := j.Trim(t.Context(), c.before); err != nil {
			t.Fatal(err)
		}
		if first, next, err := j.Bounds(t.Context()); err != nil || first != c.first || next != 11 {
			t.Fatalf("trimmed below %d: [%d, %d), %v; want the first %d", c.before, first, next, err, c.first)
		}
	}
	mustAppend(t, j, numbered("p", 11))
	if places, _ := readAll(t, j, 10); len(places) != 2 {
		t.Errorf("left are %v", places)
	}
}

// Entries that are not needed stay until they are old.
func testAge(t *testing.T, o Options) {
	var c clock
	o.Now, o.MaxAge = c.now, 10*time.Second
	j := mustOpen(t, o)
	for i := range 20 { // one each second
		c.micros.Store(int64(i) * 1e6)
		mustAppend(t, j, numbered("p", i+1))
	}
	for _, step := range []struct {
		second        int64
		before, first uint64
	}{{19, 20, 10}, {19, 1, 10}, {25, 12, 16}, {25, 20, 16}, {100, 18, 20}} {
		c.micros.Store(step.second * 1e6)
		if err := j.Trim(t.Context(), step.before); err != nil {
			t.Fatal(err)
		}
		if first, _, err := j.Bounds(t.Context()); err != nil || first != step.first {
			t.Fatalf("at %d s, needed from %d on: the first is %d (%v), want %d", step.second, step.before, first, err, step.first)
		}
	}
}

// At the bound of bytes, what is not needed makes room; when all is needed there is none.
func testBytes(t *testing.T, o Options) {
	o.MaxBytes, o.MaxAge = 64<<10, time.Hour
	j := mustOpen(t, o)
	n := 0
	appendUntilFull := func() (taken int) {
		for range 1000 {
			b := numbered("p", n+1)
			b.Records[0].Text = string(noise(n, 2000))
			if _, err := j.Append(t.Context(), b); errors.Is(err, ErrFull) {
				return taken
			} else if err != nil {
				t.Fatal(err)
			}
			n, taken = n+1, taken+1
		}
		t.Fatal("the journal is never full")
		return 0
	}
	appendUntilFull()
	if s := j.State(); !s.Full || s.Bytes > o.MaxBytes || s.Since.IsZero() || s.Why == "" {
		t.Fatalf("full, the state is %+v", s)
	}
	before := uint64(n) - 5
	if err := j.Trim(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := j.Bounds(t.Context()); first != 1 {
		t.Fatalf("the first is %d; young entries went without need", first)
	}
	if appendUntilFull() < 10 {
		t.Error("what is not needed made no room")
	}
	first, _, err := j.Bounds(t.Context())
	if err != nil || first > before || first == 1 {
		t.Errorf("the first is %d of which %d is needed (%v)", first, before, err)
	}
	if err := j.Trim(t.Context(), uint64(n)); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, numbered("p", n+1))
	if s := j.State(); s.Full {
		t.Errorf("with room again the state is %+v", s)
	}
}

// noise returns bytes that do not compress, the same for the same seed.
func noise(seed, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b) // it never fails
	return b
}

// An append that is given up returns at once, and the journal goes on.
func testGivenUp(t *testing.T, o Options) {
	j := mustOpen(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ctx, numbered("p", 1)); !errors.Is(err, context.Canceled) || errors.Is(err, ErrInDoubt) {
		t.Fatalf("with an ended context: %v", err)
	}
	var wg sync.WaitGroup
	accepted, doubtful := make([]bool, 64), make([]bool, 64)
	for i := range accepted {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*100*time.Microsecond)
			defer cancel()
			switch _, err := j.Append(ctx, numbered("p", i+1)); {
			case err == nil:
				accepted[i] = true
			case errors.Is(err, ErrInDoubt):
				doubtful[i] = true
			case !errors.Is(err, context.DeadlineExceeded):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	mustAppend(t, j, numbered("p", 100))
	there := map[uint64]bool{}
	_, batches := readAll(t, j, 1)
	for _, b := range batches {
		if there[b.Seq] {
			t.Errorf("batch %d is there twice", b.Seq)
		}
		there[b.Seq] = true
	}
	for i := range accepted {
		if there[uint64(i+1)] != accepted[i] && !doubtful[i] {
			t.Errorf("batch %d: there %v, accepted %v", i+1, there[uint64(i+1)], accepted[i])
		}
	}
}

// Close ends those who wait: a reader at the end, and whoever appends.
func testClose(t *testing.T, o Options) {
	j := mustOpen(t, o)
	mustAppend(t, j, numbered("p", 1))
	r, err := j.Read(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	read := make(chan error, 1)
	go func() {
		_, err := r.Next(ctx)
		read <- err
	}()
	cancel()
	if err := wait(t, read, "the reader gives up"); !errors.Is(err, context.Canceled) {
		t.Fatalf("a reader that gave up: %v", err)
	}
	go func() {
		_, err := r.Next(t.Context())
		read <- err
	}()
	appended := make(chan error, 1)
	go func() {
		for n := 2; ; n++ {
			if _, err := j.Append(t.Context(), numbered("p", n)); err != nil {
				appended <- err
				return
			}
		}
	}()
	if err := wait(t, read, "the reader gets an entry"); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if _, err := r.Next(t.Context()); err != nil {
				read <- err
				return
			}
		}
	}()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := wait(t, read, "the reader ends"); !errors.Is(err, ErrClosed) {
		t.Errorf("the reader ended with %v", err)
	}
	if err := wait(t, appended, "the appender ends"); !errors.Is(err, ErrClosed) {
		t.Errorf("the appender ended with %v", err)
	}
}

func testTooLarge(t *testing.T, o Options) {
	j := mustOpen(t, o)
	var b Batch
	for i := range 40 {
		b.Records = append(b.Records, term.Record{Text: string(noise(i, term.MaxTextBytes))})
	}
	if _, err := j.Append(t.Context(), &b); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("%v", err)
	}
	b.Records = b.Records[:12] // 3 MiB: an entry to itself
	mustAppend(t, j, &b)
	_, batches := readAll(t, j, 1)
	sameBatch(t, batches[0], &b)
}

// What was read is the same journal elsewhere, with the same numbers.
func testImport(t *testing.T, o Options) {
	j := mustOpen(t, o)
	for i := range 12 {
		mustAppend(t, j, numbered("p", i+1))
	}
	from := func(first uint64) func(yield func([]byte, error) bool) {
		return func(yield func([]byte, error) bool) {
			r, err := j.Read(t.Context(), first)
			if err != nil {
				yield(nil, err)
				return
			}
			for range 13 - first {
				e, err := r.Next(t.Context())
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(e.Raw(), nil) {
					return
				}
			}
		}
	}
	other := o
	if o.Dir != "" {
		other.Dir = t.TempDir()
	} else {
		other.Stream += "copy"
	}
	if err := Import(t.Context(), other, 5, from(4)); !errors.Is(err, ErrDamaged) {
		t.Errorf("an import in the wrong place: %v", err)
	}
	if err := Import(t.Context(), other, 5, from(5)); err != nil {
		t.Fatal(err)
	}
	if err := Import(t.Context(), other, 5, from(5)); !errors.Is(err, ErrExists) {
		t.Errorf("a second import: %v", err)
	}
	_, want := readAll(t, j, 5)
	k := mustOpen(t, other)
	if first, next, err := k.Bounds(t.Context()); err != nil || first != 5 || next != 13 {
		t.Fatalf("[%d, %d), %v", first, next, err)
	}
	_, got := readAll(t, k, 5)
	for i := range want {
		sameBatch(t, got[i], want[i])
	}
	if at := mustAppend(t, k, numbered("p", 13)); at.Entry != 13 {
		t.Errorf("the next entry is %d", at.Entry)
	}
}
