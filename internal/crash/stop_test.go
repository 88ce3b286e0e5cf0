//go:build unix

package crash

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// inGoodOrder is how long the program may take to end when it is asked to. A machine
// that is busy with other things gets longer: it is told by how long the same takes it
// without load.
const inGoodOrder = 5 * time.Second

// A server that is asked to end does so within seconds while it is being sent to, and
// with exit code 0; asked twice, at once. What it answered for is counted.
func TestAskedToEnd(t *testing.T) {
	t.Parallel()
	rng := random(t)
	all := deliveries(posts(t, rng.Uint64(), 2, 0.05), 20, "p")
	dir := filepath.Join(t.TempDir(), "data")
	next := 0
	for _, signals := range []int{1, 2, 1} {
		p := serveOn(t, dir, launch{}).mustServe()
		var sent atomic.Int64
		sent.Store(int64(next))
		var producer sync.WaitGroup
		producer.Go(func() {
			for sent.Load() < int64(len(all)) && p.send(all[sent.Load()]).accepted() {
				sent.Add(1)
			}
		})
		p.eventually(func() error {
			if sent.Load() < int64(next+15+rng.IntN(20)) {
				return errors.New("it takes no deliveries")
			}
			return nil
		})
		asked := time.Now()
		for range signals {
			if err := p.cmd.Process.Signal(termination); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond) // two at once are one
		}
		code := p.wait()
		took := time.Since(asked)
		producer.Wait()
		p.noPanic()
		switch {
		case signals == 1 && code != 0:
			t.Errorf("asked once it ended with %d\n%s", code, tailOf(p.log.String(), 20))
		case signals == 2 && code != 0 && code != -1:
			t.Errorf("asked twice it ended with %d\n%s", code, tailOf(p.log.String(), 20))
		case took > inGoodOrder+slowness():
			t.Errorf("asked %d times it took %v", signals, took)
		}
		next = int(sent.Load())
	}
	p := serveOn(t, dir, launch{}).mustServe()
	if next < len(all) {
		p.mustAccept(all[next]) // it may have been kept
		next++
	}
	end := closing(all[:next], 1)
	p.mustAccept(end)
	newModel(append(all[:next:next], end)...).agrees(p, 40)
	p.stop()
}

// slowness returns how much longer things take here than on an idle machine, by how
// long a program takes to start and end that does nothing.
func slowness() time.Duration {
	program, err := binary()
	if err != nil {
		return 0
	}
	began := time.Now()
	_ = exec.Command(program, "version").Run() // only its time counts
	return 20 * time.Since(began)
}

// A data directory belongs to one program. Another one is refused, and told whose it is.
func TestOneDirectoryForOne(t *testing.T) {
	t.Parallel()
	rng := random(t)
	recs := posts(t, rng.Uint64(), 1, 0.01)
	archive := filepath.Join(t.TempDir(), "archive.ndjson")
	writeArchive(t, archive, recs)

	serving := filepath.Join(t.TempDir(), "serving")
	p := serveOn(t, serving, launch{}).mustServe()
	p.mustAccept(deliveries(recs, 50, "p")[:3]...)
	refused(t, serving, launch{}, p)
	refused(t, serving, launch{command: "replay", args: []string{archive}}, p)
	p.mustAccept(deliveries(recs, 50, "p")[3])
	p.stop()

	replaying := filepath.Join(t.TempDir(), "replaying")
	q := begin(t, replaying, launch{command: "replay", args: []string{archive, "--memory", "8MiB", "--speed", "3600x"}})
	q.eventually(func() error {
		_, err := os.Stat(filepath.Join(replaying, "store", "LOCK"))
		return err
	})
	refused(t, replaying, launch{}, q)
	refused(t, replaying, launch{command: "replay", args: []string{archive}}, q)
	if !q.isUp() {
		t.Fatal("the replay ended: the test shows nothing")
	}
	q.kill()
}

// refused fails the test unless a second program refuses the directory that the first
// one has, names it, and ends at once.
func refused(t *testing.T, dir string, l launch, first *process) {
	t.Helper()
	p := begin(t, dir, l)
	code := p.wait()
	p.noPanic()
	why := p.reason()
	if code != 1 || !strings.Contains(why, "process "+strconv.Itoa(first.cmd.Process.Pid)) || !strings.Contains(why, "stop that one") {
		t.Errorf("%v: exit code %d, %q", p.cmd.Args[1:2], code, why)
	}
}

func writeArchive(t *testing.T, path string, recs []term.Record) {
	t.Helper()
	var lines []byte
	for i := range recs {
		lines = term.AppendRecord(lines, &recs[i])
	}
	if err := os.WriteFile(path, lines, 0o600); err != nil {
		t.Fatal(err)
	}
}
