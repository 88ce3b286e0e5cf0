package crash

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pointCall finds the crash points in a source file.
var pointCall = regexp.MustCompile(`fault\.Point\("([^"]+)"\)`)

// points returns the names of all crash points of the program, from its source.
func points(t *testing.T) []string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range pointCall.FindAllSubmatch(source, -1) {
			names = append(names, string(m[1]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A server that is killed at every place where a crash is worth trying, and there
// again while it starts anew, ends like one that ran through. A place that is never
// reached fails the test: nobody would know what a crash there does.
func TestKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := t.TempDir()
	all := deliveries(posts(t, rng.Uint64(), 2, 0.02), 12, "p")
	through, killed := filepath.Join(dir, "through"), filepath.Join(dir, "killed")
	names := points(t)
	if len(names) == 0 {
		t.Fatal("there are no crash points: the test shows nothing")
	}
	l := life{t: t, rng: rng, dir: killed, all: all}
	for round := range 2 {
		rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, name := range names {
			times := 1 + round*rng.IntN(3)
			if !l.killAt(name, times) {
				t.Errorf("%s is not reached %d times", name, times)
			}
		}
	}
	// The delivery that was on its way may have been kept.
	p := serveOn(t, killed, launch{}).mustServe()
	if !l.feed(p, 1) {
		t.Fatalf("delivery %d is not answered", l.next+1)
	}
	p.stop()
	t.Logf("%d points, %d kills, %d of them while starting, %d of %d deliveries", len(names), l.kills, l.starting, l.next, len(all))
	unbroken(t, through, all[:l.next])
	endAlike(t, killed, through, all[:l.next])
}

// killAt feeds the server until it dies at a point that it passes for the given time,
// and reports whether it did. It may die there again while it starts.
func (l *life) killAt(name string, times int) bool {
	const most = 40 // deliveries; each of these closes panes
	env := []string{fmt.Sprintf("SWELL_FAULT=%s#%d", name, times)}
	for start := 0; ; start++ {
		p := begin(l.t, l.dir, launch{env: env})
		p.await()
		if p.address != "" {
			before := l.next
			if l.next+most > len(l.all) {
				l.t.Fatalf("too few deliveries for %s", name)
			}
			for l.next < before+most && l.feed(p, 1) {
			}
			if l.next == before+most {
				p.stop()
				return start > 0
			}
		} else {
			l.starting++
		}
		if code := p.wait(); code != -1 {
			l.t.Fatalf("armed with %s it ended with %d", name, code)
		}
		p.noPanic()
		l.kills++
		if p.address != "" || start == 2 {
			return true
		}
	}
}
