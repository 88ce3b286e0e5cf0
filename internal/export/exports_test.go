package export

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/rows"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// days is a source of made-up days.
type days struct {
	mu    sync.Mutex
	hours map[int64]uint32
	terms map[int64][]store.TermDay

	reads atomic.Int64  // of days
	gate  chan struct{} // nil: open; else each reading waits for it once behind its first term
	fail  error         // behind the first term
}

const someDay = 20_500

// newDays returns a source with two days of n terms each.
func newDays(n int) *days {
	d := &days{hours: map[int64]uint32{}, terms: map[int64][]store.TermDay{}}
	for day := int64(someDay); day < someDay+2; day++ {
		d.hours[day] = 0xFFFFFF &^ (1 << 4) // the fifth hour was not counted
		for i := range n {
			t := store.TermDay{Term: store.Term{Kind: term.Hashtag, Platform: "tiktok", Key: fmt.Sprintf("key%d", i), Display: fmt.Sprintf("=Key%d", i)}}
			for h := range 24 {
				if h != 4 && (i+h+int(day))%3 == 0 {
					t.Posts[h], t.Fresh[h] = uint32(i+h), uint32(2*i+1)
				}
			}
			d.terms[day] = append(d.terms[day], t)
		}
	}
	return d
}

func (d *days) ClosedDays() ([]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []int64
	for day := int64(someDay); day < someDay+10; day++ {
		if _, ok := d.hours[day]; ok {
			out = append(out, day)
		}
	}
	return out, nil
}

func (d *days) forget(day int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hours, day)
}

func (d *days) DayPoints(day int64) (uint32, iter.Seq2[store.TermDay, error], error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	hours, ok := d.hours[day]
	if !ok {
		return 0, nil, store.ErrNotFound
	}
	d.reads.Add(1)
	return hours, func(yield func(store.TermDay, error) bool) {
		for i, t := range d.terms[day] {
			if i == 1 && d.gate != nil {
				<-d.gate
			}
			if i == 1 && d.fail != nil {
				yield(store.TermDay{}, d.fail)
				return
			}
			if !yield(t, nil) {
				return
			}
		}
	}, nil
}

// ticking is a clock that moves on by an hour with each look.
func ticking() func() time.Time {
	var n atomic.Int64
	return func() time.Time { return time.Unix(1_800_000_000, 0).Add(time.Duration(n.Add(1)) * time.Hour) }
}

func open(t testing.TB, o Options) *Exports {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Now == nil {
		o.Now = ticking()
	}
	e, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// read gets a file and holds its content to what is told of it.
func read(t testing.TB, e *Exports, k Kind) (string, *File) {
	t.Helper()
	f, err := e.Get(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); int64(len(b)) != f.Bytes || hex.EncodeToString(sum[:]) != f.Hash || f.Kind != k {
		t.Fatalf("%d bytes do not fit to %+v", len(b), f)
	}
	return string(b), f
}

func names(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestGolden(t *testing.T) {
	e := open(t, Options{Source: newDays(3)})
	for _, k := range kinds(someDay) {
		got, f := read(t, e, k)
		path := filepath.Join("testdata", k.name())
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%v differs (go test -update writes it anew; is it a new version?):\n%s", k, got)
		}
		if f.Hours != 0xFFFFEF || !f.End().Equal(f.Start().Add(24*time.Hour)) {
			t.Errorf("%v: %x, %v to %v", k, f.Hours, f.Start(), f.End())
		}
	}
}

// TestLayoutsSayTheSame holds both layouts to what was counted.
func TestLayoutsSayTheSame(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := &days{hours: map[int64]uint32{someDay: rapid.Uint32Range(0, 1<<24-1).Draw(t, "hours")}, terms: map[int64][]store.TermDay{}}
		var posts, fresh, cells uint64
		for i := range rapid.IntRange(0, 4).Draw(t, "terms") {
			row := store.TermDay{Term: store.Term{Kind: term.Sound, Platform: "x", Key: fmt.Sprint("k", i)}}
			for h := range 24 {
				if d.hours[someDay]&(1<<h) != 0 {
					row.Posts[h] = rapid.Uint32Range(0, 3).Draw(t, "posts")
					row.Fresh[h] = rapid.Uint32Range(0, 3).Draw(t, "fresh")
				}
				posts, fresh = posts+uint64(row.Posts[h]), fresh+uint64(row.Fresh[h])
				if row.Posts[h]+row.Fresh[h] > 0 {
					cells++
				}
			}
			d.terms[someDay] = append(d.terms[someDay], row)
		}
		sub, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := Open(Options{Dir: sub, Source: d, Now: ticking()})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for _, layout := range []Layout{Long, Wide} {
			f, err := e.Get(context.Background(), Kind{Day: someDay, Format: rows.CSV, Layout: layout})
			if err != nil {
				t.Fatal(err)
			}
			table, err := csv.NewReader(f).ReadAll()
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			var gotPosts uint64
			var gotFresh float64
			for _, row := range table[1:] {
				var p uint64
				var a float64
				if _, err := fmt.Sscan(row[5], &p); err != nil {
					t.Fatal(err)
				}
				if _, err := fmt.Sscan(row[6], &a); err != nil {
					t.Fatal(err)
				}
				gotPosts, gotFresh = gotPosts+p, gotFresh+a
				if layout == Wide {
					for h := range 24 {
						if counted := d.hours[someDay]&(1<<h) != 0; counted != (row[7+h] != "") {
							t.Fatalf("hour %d was counted: %t, and the cell is %q", h, counted, row[7+h])
						}
					}
				}
			}
			want := int64(cells)
			if layout == Wide {
				want = int64(len(d.terms[someDay]))
			}
			if gotPosts != posts || gotFresh != float64(fresh)/2 || int64(len(table)-1) != want || f.Rows != want {
				t.Fatalf("%v: %d posts, %g authors, %d rows, want %d, %g, %d", layout, gotPosts, gotFresh, len(table)-1, posts, float64(fresh)/2, want)
			}
		}
	})
}

func TestMadeOnceForAll(t *testing.T) {
	d := newDays(5)
	d.gate = make(chan struct{})
	e := open(t, Options{Source: d})
	k := Kind{Day: someDay, Format: rows.NDJSON}
	// One asks and leaves before it is made; others stay.
	ctx, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() {
		_, err := e.Get(ctx, k)
		left <- err
	}()
	for d.reads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { read(t, e, k) })
	}
	d.gate <- struct{}{}
	all.Wait()
	if n := d.reads.Load(); n != 1 {
		t.Errorf("the day was read %d times", n)
	}
}

func TestNotKept(t *testing.T) {
	d := newDays(2)
	dir := t.TempDir()
	e := open(t, Options{Source: d, Dir: dir})
	for _, day := range []int64{0, someDay - 1, someDay + 2} {
		if _, err := e.Get(context.Background(), Kind{Day: day, Format: rows.CSV}); !errors.Is(err, ErrNotKept) {
			t.Errorf("day %d: %v", day, err)
		}
	}
	read(t, e, Kind{Day: someDay, Format: rows.CSV})
	read(t, e, Kind{Day: someDay + 1, Format: rows.CSV})
	got, err := e.Days()
	if err != nil || len(got) != 2 || got[0].Day != someDay || len(got[0].Files) != 1 || got[0].Files[0].Bytes == 0 {
		t.Errorf("days are %+v, %v", got, err)
	}
	d.forget(someDay)
	if _, err := e.Get(context.Background(), Kind{Day: someDay, Format: rows.CSV}); !errors.Is(err, ErrNotKept) {
		t.Errorf("a day that was let go of: %v", err)
	}
	if held := names(t, dir); strings.Contains(held, Date(someDay)) || !strings.Contains(held, Date(someDay+1)) {
		t.Errorf("the directory holds %s", held)
	}
}

func TestDamageIsMadeAgain(t *testing.T) {
	k := Kind{Day: someDay, Format: rows.CSV, Layout: Wide}
	for name, spoil := range map[string]func(path string) error{
		"truncated":  func(path string) error { return os.Truncate(path, 100) },
		"emptied":    func(path string) error { return os.Truncate(path, 0) },
		"gone":       os.Remove,
		"note gone":  func(path string) error { return os.Remove(path + noteEnding) },
		"note empty": func(path string) error { return os.Truncate(path+noteEnding, 0) },
		"other note": func(path string) error {
			return os.WriteFile(path+noteEnding, []byte(`{"bytes":5,"sha256":"`+strings.Repeat("0", 64)+`"}`), 0o600)
		},
		"flipped": func(path string) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 4
			return os.WriteFile(path, b, 0o600)
		},
		"nothing": func(string) error { return nil },
	} {
		for _, restart := range []bool{false, true} {
			d, dir := newDays(20), t.TempDir()
			e := open(t, Options{Source: d, Dir: dir})
			want, _ := read(t, e, k)
			path := filepath.Join(dir, k.name())
			past := time.Unix(1, 0)
			if err := errors.Join(spoil(path)); err != nil {
				t.Fatal(err)
			}
			if name != "gone" && name != "nothing" {
				if err := os.Chtimes(path, past, past); err != nil { // a clock may stand still meanwhile
					t.Fatal(err)
				}
			}
			if restart {
				e.Close()
				e = open(t, Options{Source: d, Dir: dir})
			}
			if got, _ := read(t, e, k); got != want {
				t.Errorf("%s, restart %t: other content", name, restart)
			}
			// In the run that made it a note is not asked for again.
			again := name != "nothing" && (restart || !strings.Contains(name, "note"))
			if n := d.reads.Load(); again != (n == 2) {
				t.Errorf("%s, restart %t: the day was read %d times", name, restart, n)
			}
			if held := names(t, dir); strings.Contains(held, partialEnding) {
				t.Errorf("%s: the directory holds %s", name, held)
			}
		}
	}
}

// TestKilledAnywhere starts on every state that a run can leave behind, in the order in which it
// writes.
func TestKilledAnywhere(t *testing.T) {
	d, k := newDays(20), Kind{Day: someDay, Format: rows.CSV}
	made := t.TempDir()
	want, f := read(t, open(t, Options{Source: d, Dir: made}), k)
	vouch, err := os.ReadFile(filepath.Join(made, k.name()+noteEnding))
	if err != nil {
		t.Fatal(err)
	}
	data := func(n int) map[string]string { return map[string]string{partialEnding: want[:n]} }
	states := []map[string]string{
		data(0), data(10), data(len(want)),
		{partialEnding: want, noteEnding + partialEnding: ""}, {partialEnding: want, noteEnding + partialEnding: string(vouch)},
		{partialEnding: want, noteEnding: string(vouch)}, {"": want, noteEnding: string(vouch)},
		{"": "", noteEnding: string(vouch)}, {"": want[:50], noteEnding: string(vouch)}, {"": want}, {noteEnding: string(vouch)},
		{"": want, noteEnding: "torn"}, {"": want, noteEnding: string(vouch), partialEnding: "x"},
	}
	for i, state := range states {
		dir := t.TempDir()
		for ending, content := range state {
			if err := os.WriteFile(filepath.Join(dir, k.name()+ending), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for name, kept := range map[string]bool{"mine.txt": true, "2026-02-16.long.v0-1.csv": false, "2026-02-16": false, "x.partial": true} {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if _, err := os.Stat(filepath.Join(dir, name)); kept != (err == nil) {
					t.Errorf("state %d: %s: %v", i, name, err)
				}
			}()
		}
		e := open(t, Options{Source: d, Dir: dir})
		if got, g := read(t, e, k); got != want || g.Rows != f.Rows || g.Hours != f.Hours {
			t.Errorf("state %d: other content", i)
		}
		e.Close()
	}
}

func TestBound(t *testing.T) {
	d, dir := newDays(200), t.TempDir()
	e := open(t, Options{Source: d, Dir: dir, MaxBytes: 150_000})
	long, wide := Kind{Day: someDay, Format: rows.CSV}, Kind{Day: someDay, Format: rows.CSV, Layout: Wide}
	first, f := read(t, e, long)
	if 2*f.Bytes < 150_000 || f.Bytes > 120_000 {
		t.Fatalf("the file has %d bytes: the test shows nothing", f.Bytes)
	}
	held, err := e.Get(context.Background(), long) // open all along
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	read(t, e, wide)
	read(t, e, Kind{Day: someDay + 1, Format: rows.CSV})
	if got := names(t, dir); strings.Contains(got, long.name()) {
		t.Errorf("the directory holds %s", got)
	}
	if b, err := io.ReadAll(held); err != nil || string(b) != first {
		t.Errorf("a file that was dropped while it was open: %d bytes, %v", len(b), err)
	}
	e.mu.Lock()
	total := e.total()
	e.mu.Unlock()
	if total > 150_000 {
		t.Errorf("%d bytes are kept", total)
	}
	// In the next run the order of use is known from the disk, and a lower bound is kept to.
	read(t, e, wide)
	e.Close()
	e = open(t, Options{Source: d, Dir: dir, MaxBytes: 60_000})
	if got := names(t, dir); strings.Count(got, noteEnding) != 1 || !strings.Contains(got, wide.name()) {
		t.Errorf("behind a restart the directory holds %s", got)
	}
	if _, err := e.Get(context.Background(), long); !errors.Is(err, ErrNoRoom) || !strings.Contains(err.Error(), Date(someDay)) {
		t.Errorf("a file beyond the bound: %v", err)
	}
	if got := names(t, dir); strings.Contains(got, partialEnding) {
		t.Errorf("the directory holds %s", got)
	}
}

func TestFullVolume(t *testing.T) {
	d, dir := newDays(20), t.TempDir()
	var spare atomic.Int64
	e := open(t, Options{Source: d, Dir: dir, Spare: spare.Load})
	k := Kind{Day: someDay, Format: rows.CSV}
	if _, err := e.Get(context.Background(), k); !errors.Is(err, ErrNoRoom) || names(t, dir) != "" {
		t.Errorf("%v; the directory holds %q", err, names(t, dir))
	}
	spare.Store(1 << 30)
	read(t, e, k)
}

func TestErrors(t *testing.T) {
	d, dir := newDays(5), t.TempDir()
	d.fail = errors.New("the disk")
	e := open(t, Options{Source: d, Dir: dir})
	k := Kind{Day: someDay, Format: rows.NDJSON}
	if _, err := e.Get(context.Background(), k); !errors.Is(err, d.fail) || names(t, dir) != "" {
		t.Errorf("got %v; the directory holds %q", err, names(t, dir))
	}
	d.fail = nil
	read(t, e, k)
	e.Close()
	if _, err := e.Get(context.Background(), k); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	for _, o := range []Options{{}, {Dir: dir}, {Dir: dir, Source: d}} {
		if _, err := Open(o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestCloseEndsWhatIsMade holds that closing does not wait for a whole day to be written.
func TestCloseEndsWhatIsMade(t *testing.T) {
	d, dir := newDays(5), t.TempDir()
	d.gate = make(chan struct{})
	e := open(t, Options{Source: d, Dir: dir})
	got := make(chan error)
	for _, k := range []Kind{{Day: someDay, Format: rows.CSV}, {Day: someDay + 1, Format: rows.CSV}} {
		go func() {
			_, err := e.Get(context.Background(), k)
			got <- err
		}()
	}
	for d.reads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	closed := make(chan struct{})
	go func() { e.Close(); close(closed) }()
	if err := <-got; !errors.Is(err, ErrClosed) { // who waited for a place
		t.Errorf("got %v", err)
	}
	d.gate <- struct{}{}
	if err := <-got; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	<-closed
	if held := names(t, dir); held != "" {
		t.Errorf("the directory holds %s", held)
	}
}

func TestTooManyWait(t *testing.T) {
	d := newDays(3)
	for i := range int64(10) {
		d.hours[someDay+i], d.terms[someDay+i] = 1, d.terms[someDay]
	}
	d.gate = make(chan struct{})
	e := open(t, Options{Source: d})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	busy := 0
	for i := range int64(10) {
		for _, k := range kinds(someDay + i) {
			if _, err := e.Get(ctx, k); errors.Is(err, ErrBusy) {
				busy++
			} else if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	}
	if busy != 80-maxWaiting {
		t.Errorf("%d were told to come again, want %d", busy, 80-maxWaiting)
	}
	close(d.gate)
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, day := range []int64{0, someDay} {
		for _, k := range kinds(day) {
			if got, ok := parseName(k.name()); !ok || got != k || seen[k.name()] || seen[k.FileName()] {
				t.Errorf("%+v is %s, which is %+v, %t", k, k.name(), got, ok)
			}
			seen[k.name()], seen[k.FileName()] = true, true
		}
	}
	for _, s := range []string{"", "2026-02-30", "1969-12-31", "2026-1-1", "20260101", "2026-01-01T00", "+2026-01-01"} {
		if day, ok := ParseDate(s); ok {
			t.Errorf("%q is day %d", s, day)
		}
	}
	if day, ok := ParseDate("2026-02-16"); !ok || Date(day) != "2026-02-16" || day != 20500 {
		t.Errorf("got %d, %t", day, ok)
	}
}

// FuzzNote reads any note: it is one only if it is written so again.
func FuzzNote(f *testing.F) {
	f.Add([]byte(`{"bytes":5,"sha256":"` + strings.Repeat("0", 64) + `","rows":1,"hours":16777215}`))
	f.Add([]byte(`{"bytes":-1}`))
	f.Add([]byte("null"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "x"+noteEnding), data, 0o600); err != nil {
			t.Fatal(err)
		}
		n, ok := readNote(dir, "x")
		if !ok {
			return
		}
		if err := writeNote(dir, "y", n); err != nil {
			t.Fatal(err)
		}
		if again, ok := readNote(dir, "y"); !ok || again != n {
			b, _ := json.Marshal(n)
			t.Errorf("%q is %s, and then %+v, %t", data, b, again, ok)
		}
	})
}

func BenchmarkMake(b *testing.B) {
	d := newDays(20_000)
	for _, k := range kinds(someDay) {
		b.Run(fmt.Sprintf("%v-%s", k.Format, k.part()), func(b *testing.B) {
			var size, n int64
			for b.Loop() {
				e := open(b, Options{Source: d})
				_, f := read(b, e, k)
				size, n = f.Bytes, f.Rows
			}
			b.ReportMetric(float64(size)/float64(n), "bytes/row")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}
