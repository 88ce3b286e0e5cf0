package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// sample is a data directory that damage is tried on, in copies.
type sample struct {
	dir  string
	last *delivery // the newest in the journal; it may be lost with its entry, as unfinished
	end  *delivery // is sent after the damage, to close all panes
	want *model    // of all, end included
}

// newSample fills a directory and leaves it killed or stopped.
func newSample(t *testing.T, rng *rand.Rand, killed bool) *sample {
	t.Helper()
	s := &sample{dir: filepath.Join(t.TempDir(), "data")}
	all := deliveries(posts(t, rng.Uint64(), 1, 0.02), 15, "p")[:60]
	tail := *all[59]
	tail.records = tail.records[len(tail.records)-1:]
	s.last = newDelivery("last", 1, tail.records)
	all = append(all[:59], s.last)
	s.end = closing(all, 1)
	s.want = newModel(append(all, s.end)...)
	p := serveOn(t, s.dir, launch{}).mustServe()
	p.mustAccept(all[:30]...)
	p.stop() // writes tables
	p = serveOn(t, s.dir, launch{}).mustServe()
	p.mustAccept(all[30:59]...)
	p.counted(all[58].last)
	p.mustAccept(s.last)
	if killed {
		p.kill()
	} else {
		p.stop()
	}
	if err := os.WriteFile(filepath.Join(s.dir, "dead-letter.ndjson"), []byte("{\"line\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// copy returns a copy of the directory.
func (s *sample) copy(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	must(t, "cp", "-a", "--sparse=always", s.dir, to)
	return to
}

// files returns all files of the directory, relative to it.
func (s *sample) files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(s.dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(s.dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// damage is what is done to a file.
type damage struct {
	file string
	what string
	at   int64 // byte
	bit  int
}

func (d damage) String() string {
	return fmt.Sprintf("%s: %s at byte %d, bit %d", d.file, d.what, d.at, d.bit)
}

const (
	flipped = "a bit flipped"
	cutOff  = "cut off"
	missing = "missing"
)

func (d damage) do(dir string) error {
	path := filepath.Join(dir, d.file)
	switch d.what {
	case cutOff:
		return os.Truncate(path, d.at)
	case missing:
		return os.Remove(path)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], d.at); err != nil {
		return err
	}
	b[0] ^= 1 << d.bit
	_, err = f.WriteAt(b[:], d.at)
	return err
}

// wayOut is what a refusal has to say in the end.
var wayOut = regexp.MustCompile(`restore|move .* away|delete|--accept-loss|bring|begin anew|start again`)

// Damage to any file of a data directory is harmless, is repaired, or is refused with a
// clear message: the counts are never others, and the program never panics or hangs.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	rng := random(t)
	for _, killed := range []bool{true, false} {
		s := newSample(t, rng, killed)
		var all []damage
		for _, file := range s.files(t) {
			all = append(all, s.damages(t, rng, file)...)
		}
		most := 12 + *roundsFlag/8
		if *exhaustiveFlag {
			most = len(all)
		}
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		became := map[string]int{}
		for _, d := range all[:min(most, len(all))] {
			became[s.try(t, d)]++
		}
		t.Logf("killed before: %v; of %d damages %d were tried: %v", killed, len(all), min(most, len(all)), became)
	}
}

// damages returns what is tried on a file: each kind, and flips at some places of what is
// not a hole.
func (s *sample) damages(t *testing.T, rng *rand.Rand, file string) []damage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	list := []damage{{file: file, what: missing}, {file: file, what: cutOff}}
	used := int64(len(strings.TrimRight(string(data), "\x00")))
	if used == 0 {
		return list
	}
	flips := 4
	if *exhaustiveFlag {
		flips = 40
	}
	list = append(list, damage{file: file, what: cutOff, at: rng.Int64N(used)})
	for range flips {
		list = append(list, damage{file: file, what: flipped, at: rng.Int64N(used), bit: rng.IntN(8)})
	}
	return list
}

// try does the damage to a copy, starts the program on it and returns what became of it.
func (s *sample) try(t *testing.T, d damage) string {
	t.Helper()
	dir := s.copy(t)
	defer os.RemoveAll(dir)
	if err := d.do(dir); err != nil {
		t.Fatalf("%v: %v", d, err)
	}
	p := serveOn(t, dir, launch{})
	if p.address == "" {
		return s.refusal(t, d, dir, p)
	}
	if err := s.counts(p); err != nil {
		p.kill()
		p.noPanic()
		t.Errorf("%v: %v\n%s", d, err, tailOf(p.log.String(), 15))
		return "wrong"
	}
	p.kill()
	p.noPanic()
	for mark, became := range map[string]string{"going on from an older snapshot": "older snapshot", `"level":"WARN"`: "told"} {
		if strings.Contains(p.log.String(), mark) {
			return became
		}
	}
	return "harmless"
}

// refusal checks what the program said that does not start, and that the way out works
// where it lies in the directory.
func (s *sample) refusal(t *testing.T, d damage, dir string, p *process) string {
	t.Helper()
	code := p.wait()
	p.noPanic()
	why := p.reason()
	if code != 1 || !wayOut.MatchString(why) {
		t.Errorf("%v: it ended with %d: %q names no way out", d, code, why)
		return "wrong"
	}
	name, found := deletable(why)
	if !found {
		return "refused"
	}
	if err := os.Remove(filepath.Join(dir, "store", name)); err != nil {
		t.Errorf("%v: it says %q, and %v", d, why, err)
	}
	q := serveOn(t, dir, launch{})
	if q.address == "" {
		t.Errorf("%v: it said %q, and then %q", d, why, q.reason())
		return "wrong"
	}
	if err := s.counts(q); err != nil {
		t.Errorf("%v: after the file was deleted: %v", d, err)
	}
	q.kill()
	return "refused, repaired by hand"
}

var deleting = regexp.MustCompile(`damaged: (\S+): [^;]*; delete that file`)

// deletable returns the file that a message says to delete.
func deletable(why string) (string, bool) {
	if m := deleting.FindStringSubmatch(why); m != nil {
		return m[1], true
	}
	return "", false
}

// counts fails unless the program has counted everything, the last delivery after it was
// sent again. That it cannot tell of a part of the past, and says so, is no error.
func (s *sample) counts(p *process) error {
	for _, d := range []*delivery{s.last, s.end} {
		if o := p.send(d); !o.accepted() {
			return fmt.Errorf("delivery %d of %s: %v", d.seq, d.producer, o)
		}
	}
	st := p.counted(s.end.last)
	if st.Counters != s.want.before {
		return fmt.Errorf("counters %+v, exactly %+v", st.Counters, s.want.before)
	}
	for _, u := range s.want.terms()[:5] {
		err := s.want.agree(p, u)
		var told *api.Problem
		if errors.As(err, &told) && told.Status >= http.StatusInternalServerError {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A journal that ends within its last message, at whatever byte, is one whose last message
// was not finished: it is cut off, and the others are counted.
func TestTornJournal(t *testing.T) {
	t.Parallel()
	rng := random(t)
	s := newSample(t, rng, true)
	block := ""
	for _, file := range s.files(t) {
		if strings.HasSuffix(file, ".blk") {
			block = file
		}
	}
	data, err := os.ReadFile(filepath.Join(s.dir, block))
	if err != nil {
		t.Fatal(err)
	}
	// A message begins 22 bytes before its subject.
	from := strings.LastIndex(string(data), "swell.journal.") - 22
	if from < 0 {
		t.Fatalf("no message in %s", block)
	}
	var cuts []int
	for at := from; at < len(data); at++ {
		cuts = append(cuts, at)
	}
	if !*exhaustiveFlag {
		rng.Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
		cuts = append(cuts[:8], from, from+1, len(data)-1)
	}
	for _, at := range cuts {
		if became := s.try(t, damage{file: block, what: cutOff, at: int64(at)}); strings.HasPrefix(became, "refused") {
			t.Errorf("cut at byte %d of %d to %d it is %s", at, from, len(data), became)
		}
	}
}
