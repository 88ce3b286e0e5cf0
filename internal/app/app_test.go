package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
)

// archive writes a small made-up archive.
func archive(t *testing.T, seed uint64) string {
	g, err := workload.New(workload.Config{Seed: seed, Days: 2, Scale: 0.02, TrendSize: [2]float64{0.5, 1}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in.ndjson")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func replayOptions(files ...string) ReplayOptions {
	o := ReplayOptions{
		Files: files, Engine: engine.DefaultOptions(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Stdout: io.Discard, Stderr: io.Discard,
	}
	o.Engine.Window.Memory = 8 << 20
	return o
}

// A disk that fills up ends the run with an error that says so; it neither hangs
// nor loses the snapshot before.
func TestFullDiskEndsTheRun(t *testing.T) {
	o := replayOptions(archive(t, 1))
	o.Data, o.SnapshotEvery = filepath.Join(t.TempDir(), "data"), time.Nanosecond
	var asked atomic.Int64
	o.Store.MinFree = 1 << 20
	o.Store.Space = func(string) (free, total int64, err error) {
		if asked.Add(1) > 150 {
			return 1 << 10, 1 << 30, nil
		}
		return 1 << 29, 1 << 30, nil
	}
	if _, err := Replay(context.Background(), o); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("error %v, want %v", err, store.ErrDiskFull)
	}
	o.Store = store.Options{}
	sum, err := Replay(context.Background(), o)
	if err != nil || !sum.Resumed {
		t.Errorf("with space again: resumed %v, error %v", sum.Resumed, err)
	}
}

// A run that the user stops goes on later and ends like one that ran through.
func TestInterruptedRunGoesOn(t *testing.T) {
	in := archive(t, 2)
	dir := t.TempDir()
	o := replayOptions(in)
	o.Data, o.Detections = filepath.Join(dir, "through"), filepath.Join(dir, "through.ndjson")
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	o.Data, o.Detections, o.SnapshotEvery = filepath.Join(dir, "stopped"), filepath.Join(dir, "stopped.ndjson"), time.Nanosecond
	stops := 0
	for {
		ctx, cancel := context.WithCancel(context.Background())
		var calls atomic.Int64
		o.Now = func() time.Time {
			// The clock is asked every 256 records: a stop at a fixed place.
			if calls.Add(1) == 12 {
				cancel()
			}
			return time.Now()
		}
		_, err := Replay(ctx, o)
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		if stops++; stops > 500 {
			t.Fatal("no progress in 500 runs")
		}
	}
	if stops == 0 {
		t.Error("never stopped: the test shows nothing")
	}
	want, err := os.ReadFile(filepath.Join(dir, "through.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "stopped.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("%d bytes of detections after %d stops, %d unbroken", len(got), stops, len(want))
	}
}

// A replay serves while it runs and afterwards, from the same address.
func TestReplayServes(t *testing.T) {
	o := replayOptions(archive(t, 3))
	o.Listen = "127.0.0.1:0"
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	status := make(chan string, 1)
	o.Done = func(v *engine.View, address string) error {
		resp, err := http.Get(address + "/-/ready")
		if err != nil {
			t.Error(err)
		} else {
			resp.Body.Close()
			status <- resp.Status
		}
		stop()
		return nil
	}
	if _, err := Replay(ctx, o); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != "200 OK" {
		t.Errorf("ready: %s", got)
	}
}

func TestTwoRunsCannotShareADataDirectory(t *testing.T) {
	o := replayOptions(archive(t, 4))
	o.Data = t.TempDir()
	d, err := openDataDir(o.Data, store.Options{}, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if _, err := Replay(context.Background(), o); !errors.Is(err, store.ErrLocked) {
		t.Errorf("error %v, want %v", err, store.ErrLocked)
	}
}

// A data directory goes on with the files it was fed from, and takes others once
// those are finished.
func TestFilesOfADataDirectory(t *testing.T) {
	first, second := archive(t, 5), archive(t, 6)
	o := replayOptions(first)
	o.Data = t.TempDir()
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	o.Files = []string{second}
	sum, err := Replay(context.Background(), o)
	if err != nil || sum.Records == 0 {
		t.Errorf("another file after the first: %d records, error %v", sum.Records, err)
	}
}

func TestPacer(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	p := pacer{speed: 3600, now: func() time.Time { return now }}
	ctx, cancel := context.WithCancel(context.Background())
	start := time.Now()
	for _, at := range []int64{0, 1, 36} { // 36 s of event time are 10 ms
		p.wait(ctx, (1_780_000_000+at)*1e6)
	}
	if d := time.Since(start); d < 10*time.Millisecond {
		t.Errorf("36 s at 3600x took %v", d)
	}
	cancel()
	p.speed = 1e-12 // longer than a Duration holds
	p.wait(ctx, 1_790_000_000*1e6)
}

func TestProgressTellsRateAndRest(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	var out bytes.Buffer
	p := newProgress(ReplayOptions{Stderr: &out, Terminal: true, Now: func() time.Time { return now }}, 0)
	now = now.Add(2 * time.Second)
	p.at(3_000_000, 0, 1_780_000_000, 250, 1000)
	for _, want := range []string{" 25%", "3,000,000 records", "1,500,000/s", "eta 6s", "2026-05-28"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q lacks %q", out.String(), want)
		}
	}
}

func TestStrangersCannotReachTheEndpoint(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.org:0", "nonsense"} {
		s, err := startServing(address, servingOptions{data: &dataDir{path: t.TempDir()}, now: time.Now, log: slog.New(slog.DiscardHandler)})
		if !errors.Is(err, ErrListen) {
			if err == nil {
				s.close()
			}
			t.Errorf("%s: error %v", address, err)
		}
	}
}
