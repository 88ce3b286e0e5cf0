package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A replay that is killed again and again goes on each time where its last
// snapshot was, and ends with the detections and the dead letters of one that
// ran through.
func TestKilledReplayEndsLikeAnUnbrokenOne(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.ndjson")
	if out, err := command(t, "generate", "--days", "2", "--seed", "5", "--scale", "0.04", "--out", in).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	spoil(t, in)
	replay := func(name string, more ...string) *exec.Cmd {
		args := append([]string{
			"replay", in, "--memory", "8MiB", "--data", filepath.Join(dir, name),
			"--detections", filepath.Join(dir, name+".ndjson"),
		}, more...)
		return command(t, args...)
	}
	start := time.Now()
	if out, err := replay("through").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// How long a run takes differs from one to the next, so a round may come to
	// its end unharmed; the next one kills sooner.
	rng := rand.New(rand.NewPCG(1, 1))
	pace, name, killed := time.Since(start), "", false
	for round := 0; !killed && round < 10; round++ {
		name = fmt.Sprint("killed", round)
		killed = killAgainAndAgain(t, rng, pace, func() *exec.Cmd { return replay(name, "--snapshot-every", "1ms") })
		pace /= 2
	}
	if !killed {
		t.Error("never killed in the middle: the test shows nothing")
	}
	for _, file := range []string{"%.ndjson", "%/dead-letter.ndjson"} {
		want := read(t, dir, file, "through")
		if got := read(t, dir, file, name); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes after kills, %d unbroken, or others", file, len(got), len(want))
		}
		if len(want) == 0 {
			t.Errorf("%s is empty: the test shows nothing", file)
		}
	}
}

// killAgainAndAgain starts the command and kills it until it comes to its end,
// and reports whether a run that went on from a snapshot was among them.
func killAgainAndAgain(t *testing.T, rng *rand.Rand, pace time.Duration, start func() *exec.Cmd) (resumed bool) {
	kills := 0
	for ; ; kills++ {
		if kills > 200 {
			t.Fatal("no progress in 200 starts")
		}
		cmd := start()
		var log bytes.Buffer
		cmd.Stderr = &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// At any time of the run, starting up included; later and later, because a
		// busy machine may need longer to start than the first run took in all.
		longest := int64(pace/2) * int64(10+kills) / 10
		timer := time.AfterFunc(pace/10+time.Duration(rng.Int64N(longest)), func() {
			_ = cmd.Process.Signal(syscall.SIGKILL)
		})
		err := cmd.Wait()
		timer.Stop()
		resumed = resumed || bytes.Contains(log.Bytes(), []byte("going on from a snapshot"))
		if err == nil {
			t.Logf("killed %d times, went on from a snapshot: %v", kills, resumed)
			return resumed
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("start %d: %v: %s", kills, err, log.Bytes())
		}
	}
}

func read(t *testing.T, dir, pattern, name string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, name+pattern[1:]))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// spoil puts a bad line behind every thousandth.
func spoil(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for i, line := range bytes.SplitAfter(data, []byte("\n")) {
		out.Write(line)
		if i%1000 == 999 {
			out.WriteString("{\"ts\":oops}\n")
		}
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
