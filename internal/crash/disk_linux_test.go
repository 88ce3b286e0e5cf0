package crash

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// injection is a fault of the disk, as strace makes it: calls that fail from some time
// on, counted by thread.
type injection struct {
	name, calls, fault string
	onlyJournal        bool
	least              int  // calls that succeed, at least
	goesOn             bool // a disk that is full for now: the program stays
}

var injections = []injection{
	{name: "syncs of everything", calls: "fsync,fdatasync,msync", fault: "EIO", least: 12},
	{name: "syncs of the journal", calls: "fsync,fdatasync", fault: "EIO", onlyJournal: true, least: 1},
	{name: "syncs of mapped files", calls: "msync", fault: "EIO", least: 2},
	{name: "writes of the journal", calls: "pwrite64,write", fault: "EIO", onlyJournal: true, least: 1},
	{name: "syncs of the journal for want of room", calls: "fsync,fdatasync", fault: "ENOSPC", onlyJournal: true, least: 1},
	{name: "writes of the journal for want of room", calls: "pwrite64,write", fault: "ENOSPC", onlyJournal: true, least: 1, goesOn: true},
}

// A disk that fails ends the program, which says why. From the first failed sync on
// nothing is answered for, and no sync is tried again: it would come back without an error, and
// without the data. A disk that is full does not end it. Whatever it was, all that was
// answered for is there on the next start.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	needTracer(t)
	rng := random(t)
	all := deliveries(posts(t, rng.Uint64(), 1, 0.02), 20, "p")
	for _, in := range injections {
		t.Run(in.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			// What a new directory takes would use the calls up.
			p := serveOn(t, dir, launch{}).mustServe()
			p.mustAccept(all[:3]...)
			p.stop()
			trace := filepath.Join(t.TempDir(), "trace")
			next := in.run(t, dir, trace, all, in.least+rng.IntN(8))
			p = serveOn(t, dir, launch{}).mustServe()
			if next < len(all) {
				p.mustAccept(all[next]) // it may have been kept
				next++
			}
			end := closing(all[:next], 1)
			p.mustAccept(end)
			newModel(append(all[:next:next], end)...).agrees(p, 30)
			p.stop()
		})
	}
}

// run feeds a server whose calls fail and returns the delivery that was not answered for.
func (in *injection) run(t *testing.T, dir, trace string, all []*delivery, after int) int {
	t.Helper()
	p := serveOn(t, dir, launch{under: in.tracer(dir, trace, after)})
	next, refused := 3, 0
	var began time.Time // of the newest delivery that was answered for
	for p.address != "" && p.isUp() && next < len(all) && refused < 3 {
		at := time.Now()
		switch o := p.send(all[next]); {
		case o.accepted():
			next++
			began = at
		case in.goesOn && o.status == 507:
			refused++
		case o.accepted() || o.status == 507:
			t.Errorf("on a disk that failed: %v", o)
		}
	}
	if next == len(all) {
		t.Fatal("nothing failed: the test shows nothing")
	}
	if in.goesOn {
		p.answers()
		p.kill()
		p.noPanic()
		return next
	}
	code := p.wait()
	p.noPanic()
	if why := p.reason(); code != 1 || why == "" {
		t.Errorf("it ended with %d: %q", code, why)
	} else {
		t.Logf("after %d deliveries: %s", next, why)
	}
	in.judge(t, trace, began)
	return next
}

// tracer returns the command that runs a program with failing calls.
func (in *injection) tracer(dir, trace string, after int) []string {
	cmd := []string{
		"strace", "-f", "--seccomp-bpf", "-qq", "-y", "-ttt", "-o", trace, "-e", "signal=none", "-e", "trace=" + in.calls,
		"-e", "inject=" + in.calls + ":error=" + in.fault + ":when=" + strconv.Itoa(after+1) + "+",
	}
	if in.onlyJournal {
		for n := 1; n < 10; n++ {
			cmd = append(cmd, "-P", filepath.Join(dir, "journal", "jetstream", "$G", "streams", "SWELL", "msgs", strconv.Itoa(n)+".blk"))
		}
	}
	return cmd
}

// judge reads what was called: after the first call on the journal that failed, nothing
// that was sent may have been answered for, and no sync of that file may be tried.
func (in *injection) judge(t *testing.T, trace string, began time.Time) {
	t.Helper()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "(INJECTED)") {
		t.Error("nothing failed: the test shows nothing")
	}
	failed := ""
	for line := range strings.Lines(string(text)) {
		if failed == "" && strings.Contains(line, ".blk") && strings.Contains(line, "(INJECTED)") {
			failed = line
			if at := timeOf(t, line); began.After(at) {
				t.Errorf("a delivery that was sent %v after a failed call was answered for: %s", began.Sub(at), line)
			}
			continue
		}
		if failed != "" && strings.Contains(line, ".blk") && strings.Contains(line, "sync(") {
			t.Errorf("tried again: %s first: %s", line, failed)
			return
		}
	}
}

// timeOf returns the time that a line of a trace begins with, behind the number of the
// thread.
func timeOf(t *testing.T, line string) time.Time {
	t.Helper()
	fields := strings.Fields(line)
	if len(fields) < 2 {
		t.Fatalf("no time in %q", line)
	}
	s, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(int64(s * 1e6))
}

// needTracer skips the test, and says why, where calls cannot be made to fail.
func needTracer(t *testing.T) {
	t.Helper()
	out, err := exec.Command("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true").CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		t.Skip("SKIPPED, NOT PASSED: strace is not installed")
	case err != nil:
		t.Skipf("SKIPPED, NOT PASSED: strace does not work here: %v: %s", err, out)
	}
}
