//go:build unix

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
	"time"
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
	all := deliveries(posts(t, rng.Uint64(), 2+*roundsFlag/200, 0.02), 12, "p")
	through, killed := filepath.Join(dir, "through"), filepath.Join(dir, "killed")
	names := points(t)
	if len(names) == 0 {
		t.Fatal("there are no crash points: the test shows nothing")
	}
	l := life{t: t, rng: rng, dir: killed, all: all}
	names = slices.DeleteFunc(names, func(name string) bool { return elsewhere(name) != nil || told(name) })
	for round := range 1 + *roundsFlag/200 {
		rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, name := range names {
			times := 1 + rng.IntN(2+round)
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

// elsewhere returns how to come to a point that a server with young records does not
// pass; nil for the others.
func elsewhere(name string) func(t *testing.T, name, dir string, all []*delivery) {
	switch {
	case strings.HasPrefix(name, "backup."):
		return killedBackup
	case strings.HasPrefix(name, "restore."):
		return killedRestore
	case name == "store.trim":
		return killedTrim
	}
	return nil
}

// A backup, a restore and the removal of what is old that are killed at their points leave
// everything as it was, and can be done again.
func TestKilledElsewhere(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := filepath.Join(t.TempDir(), "data")
	all := deliveries(posts(t, rng.Uint64(), 2, 0.02), 60, "p")
	unbroken(t, dir, all)
	for _, name := range points(t) {
		if come := elsewhere(name); come != nil {
			began := time.Now()
			come(t, name, dir, all)
			t.Logf("%s: %v", name, time.Since(began))
		}
	}
}

// dies fails the test unless a command is killed at a point.
func dies(t *testing.T, name, dir, command string, args ...string) {
	t.Helper()
	p := begin(t, dir, launch{command: command, args: args, env: []string{"SWELL_FAULT=" + name}})
	if code := p.wait(); code != -1 {
		t.Errorf("%s is not reached: %s ends with %d: %s", name, command, code, p.reason())
	}
	p.noPanic()
}

// succeeds fails the test unless a command ends with exit code 0.
func succeeds(t *testing.T, dir, command string, args ...string) {
	t.Helper()
	p := begin(t, dir, launch{command: command, args: args})
	if code := p.wait(); code != 0 {
		t.Fatalf("%s ends with %d: %s\n%s", command, code, p.reason(), p.out.String())
	}
}

func killedBackup(t *testing.T, name, dir string, _ []*delivery) {
	t.Helper()
	before, file := digestOf(t, dir), filepath.Join(t.TempDir(), "backup")
	dies(t, name, dir, "backup", file)
	digestOf(t, dir).same(t, before)
	succeeds(t, dir, "backup", file)
	succeeds(t, dir, "fsck")
}

func killedRestore(t *testing.T, name, dir string, _ []*delivery) {
	t.Helper()
	file, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	succeeds(t, dir, "backup", file)
	dies(t, name, to, "restore", file)
	succeeds(t, to, "restore", file)
	digestOf(t, to).same(t, digestOf(t, dir))
}

// killedTrim lets days go by until detections are older than they are to be kept.
func killedTrim(t *testing.T, name, dir string, all []*delivery) {
	t.Helper()
	all = slices.Clone(all)
	end := all[0]
	p := serveOn(t, dir, launch{env: []string{"SWELL_FAULT=" + name}, args: []string{"--keep-detections", "96h"}}).mustServe()
	for n := 56; n <= 58; n++ { // a week, and more
		if end = closing(all, n); !p.send(end).accepted() {
			break
		}
		all = append(all, end)
	}
	if code := p.wait(); code != -1 {
		t.Errorf("%s is not reached: it ends with %d", name, code)
	}
	p.noPanic()
	p = serveOn(t, dir, launch{}).mustServe()
	p.mustAccept(end)
	if all[len(all)-1] != end {
		all = append(all, end)
	}
	last := closing(all, 59)
	p.mustAccept(last)
	newModel(append(all, last)...).agrees(p, 0)
	p.stop()
	succeeds(t, dir, "fsck")
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
				if err := p.cmd.Process.Signal(termination); err != nil {
					l.t.Fatal(err)
				}
				return p.wait() == -1 || start > 0 // it may come there while it ends
			}
		} else {
			l.starting++
		}
		if code := p.wait(); code != -1 {
			l.t.Fatalf("armed with %s it ended with %d", name, code)
		}
		p.noPanic()
		p.noBroken()
		l.kills++
		if p.address != "" || start == 2 {
			return true
		}
	}
}
