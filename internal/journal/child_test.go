package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The variables that make the test binary a child: the directory of a journal, and
// the number of its first batch.
const (
	childDir  = "SWELL_TEST_JOURNAL"
	childFrom = "SWELL_TEST_JOURNAL_FROM"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// childProducers is how many append in a child, each as producer "p<n>".
const childProducers = 4

// child appends to the journal until it fails or is killed, and says "p/seq" of
// each batch that was accepted. Batch seq of a producer can be made again from
// its number. At its end it says what ended it.
func child(dir string) {
	from, err := strconv.Atoi(os.Getenv(childFrom))
	if err != nil {
		fmt.Println("end: ", err)
		return
	}
	j, err := Open(context.Background(), Options{Dir: dir, Now: time.Now, MinFree: -1})
	if err != nil {
		fmt.Println("end: open:", err)
		return
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for p := range childProducers {
		wg.Go(func() {
			for n := from; ; n++ {
				b := numbered(fmt.Sprint("p", p), n)
				at, err := j.Append(context.Background(), b)
				if err != nil {
					_, again := j.Append(context.Background(), b)
					mu.Lock()
					fmt.Printf("end: %v, again %v, failed %v\n", errors.Is(err, ErrFailed), errors.Is(again, ErrFailed), j.Err())
					mu.Unlock()
					return
				}
				mu.Lock()
				fmt.Printf("%d/%d\n", p, n)
				mu.Unlock()
				if p == 0 && n%40 == 0 {
					// Half of what is there: the parent knows from the order.
					if err := j.Trim(context.Background(), at.Entry/2); err != nil {
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// startChild starts the test binary as a child, behind the words in front.
func startChild(t testing.TB, dir string, from int, front ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	words := append(front, os.Args[0])
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = append(os.Environ(), childDir+"="+dir, childFrom+"="+strconv.Itoa(from))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// accepted takes in a line of a child's, and returns false for its last words.
func accepted(t testing.TB, line string, upto *[childProducers]int) bool {
	t.Helper()
	p, n, ok := strings.Cut(line, "/")
	if strings.HasPrefix(line, "end:") || !ok {
		return false
	}
	producer, err1 := strconv.Atoi(p)
	number, err2 := strconv.Atoi(n)
	if err1 != nil || err2 != nil {
		t.Fatalf("the child said %q", line)
	}
	upto[producer] = number
	return true
}

// checkAccepted opens the journal and looks for every batch up to the given ones,
// from the first that was not trimmed on: each there, as it was, and once. It
// returns the highest number.
func checkAccepted(t testing.TB, dir string, upto [childProducers]int) (highest int) {
	t.Helper()
	j, err := Open(t.Context(), embedded(dir))
	if err != nil {
		t.Fatal(err)
	}
	first, _, err := j.Bounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, batches := readAll(t, j, first)
	var last [childProducers]int
	for _, b := range batches {
		p, err := strconv.Atoi(b.Producer[1:])
		if err != nil {
			t.Fatal(err)
		}
		n := int(b.Seq)
		if last[p] == 0 && first == 1 && n != 1 || last[p] != 0 && n <= last[p] {
			t.Fatalf("%s: batch %d behind %d", b.Producer, n, last[p])
		}
		want := numbered(b.Producer, n)
		want.Ingest = b.Ingest
		sameBatch(t, b, want)
		last[p], highest = n, max(highest, n)
	}
	for p := range last {
		if last[p] < upto[p] {
			t.Fatalf("p%d: %d is accepted and gone, the last is %d", p, upto[p], last[p])
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return highest
}

// A process that is killed at any time leaves every accepted batch, over many rounds.
func TestKilled(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 3
	}
	dir, seed := t.TempDir(), uint64(7)
	rng := rand.New(rand.NewPCG(seed, 0))
	from := 1
	for round := range rounds {
		cmd, out := startChild(t, dir, from)
		var upto [childProducers]int
		for lines := rng.IntN(600); lines >= 0 && out.Scan(); lines-- {
			if !accepted(t, out.Text(), &upto) {
				t.Fatalf("seed %d, round %d: the child said %q", seed, round, out.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() { // what it said before it was dead
			accepted(t, out.Text(), &upto)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}
		from = checkAccepted(t, dir, upto) + 1
	}
}

// When the disk fails to sync, nothing that was in doubt is acknowledged, the
// journal fails for good, and what was accepted before is there.
func TestFailedSync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: there is no strace, by which a failing disk is played")
	}
	if testing.Short() {
		t.Skip("strace is slow")
	}
	for _, after := range []int{61} {
		dir := t.TempDir()
		cmd, out := startChild(t, dir, 1, strace, "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", os.DevNull,
			"-e", "trace=fsync,fdatasync", "-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d+", after))
		var upto [childProducers]int
		acks, ends := 0, 0
		for out.Scan() {
			if accepted(t, out.Text(), &upto) {
				acks++
				if ends > 0 {
					t.Errorf("accepted after the failure: %s", out.Text())
				}
				continue
			}
			ends++
			if line := out.Text(); !strings.HasPrefix(line, "end: true, again true, failed journal: failed") {
				t.Errorf("the child said %q", line)
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Logf("the child: %v", err)
		}
		if ends != childProducers || acks == 0 {
			t.Errorf("%d of %d appenders ended, after %d batches", ends, childProducers, acks)
		}
		checkAccepted(t, dir, upto)
	}
}
