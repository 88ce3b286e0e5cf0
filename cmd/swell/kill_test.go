package main

import (
	"bytes"
	"errors"
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
	if out, err := command(t, "generate", "--days", "3", "--seed", "5", "--scale", "0.05", "--out", in).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	spoil(t, in)
	replay := func(name string, more ...string) *exec.Cmd {
		args := append([]string{
			"replay", in, "--memory", "16MiB", "--data", filepath.Join(dir, name),
			"--detections", filepath.Join(dir, name+".ndjson"),
		}, more...)
		return command(t, args...)
	}
	start := time.Now()
	if out, err := replay("through").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(start)

	rng := rand.New(rand.NewPCG(1, 1))
	kills, resumed := 0, 0
	for ; ; kills++ {
		if kills > 200 {
			t.Fatal("no progress in 200 starts")
		}
		cmd := replay("killed", "--snapshot-every", "1ms")
		var log bytes.Buffer
		cmd.Stderr = &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// At any time of the run, starting up included; later and later, because a
		// busy machine may need longer to start than the first run took in all.
		longest := int64(whole/2) * int64(10+kills) / 10
		timer := time.AfterFunc(whole/10+time.Duration(rng.Int64N(longest)), func() {
			_ = cmd.Process.Signal(syscall.SIGKILL)
		})
		err := cmd.Wait()
		timer.Stop()
		if bytes.Contains(log.Bytes(), []byte("going on from a snapshot")) {
			resumed++
		}
		if err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("start %d: %v: %s", kills, err, log.Bytes())
		}
	}
	t.Logf("killed %d times, went on from a snapshot %d times; an unbroken run takes %v", kills, resumed, whole)
	if kills == 0 || resumed == 0 {
		t.Error("never killed or never resumed: the test shows nothing")
	}
	for _, file := range []string{"%.ndjson", "%/dead-letter.ndjson"} {
		want := read(t, dir, file, "through")
		if got := read(t, dir, file, "killed"); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes after kills, %d unbroken, or others", file, len(got), len(want))
		}
		if len(want) == 0 {
			t.Errorf("%s is empty: the test shows nothing", file)
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
