package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// liveClock is where the clock of these tests begins: behind all that is sent.
var liveClock = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

func liveOptions(dir string) ServeOptions {
	var asked atomic.Int64
	return ServeOptions{
		Data: dir, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), SnapshotEvery: time.Nanosecond,
		Now: func() time.Time { return liveClock.Add(time.Duration(asked.Add(1)) * time.Microsecond) },
		Settings: func(stored *engine.Options) (engine.Options, error) {
			if stored != nil {
				return *stored, nil
			}
			o := engine.DefaultOptions()
			o.Window.Memory = 8 << 20
			return o, nil
		},
		Store: store.Options{MinFree: -1},
	}
}

// server is a running Serve.
type server struct {
	t       *testing.T
	address string
	stop    context.CancelFunc
	ended   chan error
}

// startLive serves until the test ends or the server is stopped.
func startLive(t *testing.T, o ServeOptions) *server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := &server{t: t, stop: stop, ended: make(chan error, 1)}
	serving := make(chan string, 1)
	o.Announce = func(_ *engine.View, address string) error {
		serving <- address
		return nil
	}
	go func() { s.ended <- Serve(ctx, o) }()
	t.Cleanup(stop)
	select {
	case s.address = <-serving:
	case err := <-s.ended:
		t.Fatalf("the server did not start: %v", err)
	}
	return s
}

// end stops the server in good order.
func (s *server) end() {
	s.t.Helper()
	s.stop()
	if err := <-s.ended; err != nil {
		s.t.Fatalf("the server ended with %v", err)
	}
}

// post sends records and returns the status and the answer.
func (s *server) post(recs []term.Record, header ...string) (int, string) {
	s.t.Helper()
	var body []byte
	for i := range recs {
		body = term.AppendRecord(body, &recs[i])
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.address+"/api/v1/records", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// send is post of what must be accepted, now or when the server has caught up.
func (s *server) send(recs []term.Record, header ...string) {
	s.t.Helper()
	for {
		status, text := s.post(recs, header...)
		switch {
		case status == http.StatusAccepted:
			return
		case status != http.StatusServiceUnavailable || !strings.Contains(text, "before the start"):
			s.t.Fatalf("status %d: %s", status, text)
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *server) status() api.StatusAnswer {
	s.t.Helper()
	st, err := api.Client{Base: s.address}.Status(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// settled closes the pane of all that was sent, and returns the status once that is
// counted. It can be asked for once in the life of a data directory.
func (s *server) settled() api.StatusAnswer {
	s.t.Helper()
	last := term.Record{TS: liveClock.Add(-time.Minute).UnixMicro(), Platform: "x", Tags: []string{"last"}}
	s.send([]term.Record{last})
	for {
		if st := s.status(); st.AsOf != nil && !st.AsOf.Before(liveClock.Add(-20*time.Minute)) {
			return st
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// livePosts returns the posts of some made-up days that end before the clock.
func livePosts(t testing.TB, seed uint64) []term.Record { return livePostsAt(t, seed, 0.02) }

func livePostsAt(t testing.TB, seed uint64, scale float64) []term.Record {
	t.Helper()
	g, err := workload.New(workload.Config{
		Seed: seed, Days: 2, Scale: scale, TrendSize: [2]float64{0.5, 1}, Start: liveClock.AddDate(0, 0, -3),
	})
	if err != nil {
		t.Fatal(err)
	}
	var recs []term.Record
	for {
		var rec term.Record
		if !g.Next(&rec) {
			return recs
		}
		recs = append(recs, rec)
	}
}

// pieces calls each with one piece of the records after the other, and its number
// from 1.
func pieces(recs []term.Record, size int, each func(n int, piece []term.Record)) {
	n := 0
	for piece := range slices.Chunk(recs, size) {
		n++
		each(n, piece)
	}
}

// numbered are the headers of a delivery of the test's producer.
func numbered(n int) []string {
	return []string{"Swell-Producer", "test", "Swell-Epoch", "1", "Swell-Seq", fmt.Sprint(n)}
}

// trendsOf returns the ranking as the server sends it, but for what tells one start
// from the next.
func (s *server) trendsOf() string {
	s.t.Helper()
	out, err := api.Client{Base: s.address}.Trends(context.Background(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	enc, err := json.Marshal(out)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(enc)
}

// What is sent to a server that is stopped again and again, with every third delivery
// sent twice, ends like what is sent once to one that runs through.
func TestStoppedServerEndsLikeAnUnbrokenOne(t *testing.T) {
	recs := livePosts(t, 1)
	through := startLive(t, liveOptions(filepath.Join(t.TempDir(), "through")))
	pieces(recs, 200, func(n int, piece []term.Record) { through.send(piece, numbered(n)...) })
	want, ranking := through.settled(), through.trendsOf()
	through.end()
	if want.Counters.Records != uint64(len(recs)) || want.Trends == 0 {
		t.Fatalf("%d of %d records, %d trends: the test compares nothing", want.Counters.Records, len(recs), want.Trends)
	}

	o := liveOptions(filepath.Join(t.TempDir(), "stopped"))
	s := startLive(t, o)
	stops := 0
	pieces(recs, 200, func(n int, piece []term.Record) {
		s.send(piece, numbered(n)...)
		if n%3 == 0 {
			s.send(piece, numbered(n)...)
		}
		if n%7 == 0 {
			s.end()
			stops++
			s = startLive(t, o)
		}
	})
	got, again := s.settled(), s.trendsOf()
	if got.Counters != want.Counters || got.Core != want.Core {
		t.Errorf("after %d stops: %+v %+v, unbroken %+v %+v", stops, got.Counters, got.Core, want.Counters, want.Core)
	}
	if again != ranking {
		t.Errorf("after %d stops the ranking is\n%s\nunbroken\n%s", stops, again, ranking)
	}
	s.end()
}

// The same posts give the same trends whether they are sent to a server or replayed
// from a file: the journal passes on all that counts.
func TestServerFindsWhatAReplayFinds(t *testing.T) {
	recs := livePosts(t, 8)
	var file []byte
	for i := range recs {
		file = term.AppendRecord(file, &recs[i])
	}
	in := filepath.Join(t.TempDir(), "in.ndjson")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	o := replayOptions(in)
	o.Data, o.Detections = filepath.Join(t.TempDir(), "replayed"), filepath.Join(t.TempDir(), "found.ndjson")
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(o.Detections)
	if err != nil {
		t.Fatal(err)
	}

	live := liveOptions(filepath.Join(t.TempDir(), "live"))
	s := startLive(t, live)
	pieces(recs, 150, func(n int, piece []term.Record) { s.send(piece) })
	s.settled()
	s.end()
	st, err := store.OpenReadOnly(filepath.Join(live.Data, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var got []byte
	for line, err := range st.Detections(0) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, line...), '\n')
	}
	// The server's time went on for some more days, in which trends end.
	if len(want) == 0 || !bytes.HasPrefix(got, want) {
		t.Errorf("%d bytes of detections, a replay finds %d, or others", len(got), len(want))
	}
}

// A directory that an archive was replayed into is gone on with.
func TestServerGoesOnFromAnArchive(t *testing.T) {
	o := replayOptions(archive(t, 3))
	o.Data = filepath.Join(t.TempDir(), "data")
	sum, err := Replay(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	live := liveOptions(o.Data)
	live.Settings = func(stored *engine.Options) (engine.Options, error) {
		if stored == nil {
			return engine.Options{}, errors.New("nothing is stored")
		}
		return *stored, nil
	}
	s := startLive(t, live)
	before := s.status()
	s.send(livePosts(t, 4)[:500])
	after := s.settled()
	if before.Counters.Records != sum.Records || after.Counters.Records != sum.Records+500 {
		t.Errorf("%d records replayed, %d before, %d after 500", sum.Records, before.Counters.Records, after.Counters.Records)
	}
	s.end()
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "swell serve") {
		t.Errorf("replaying into it again: %v", err)
	}
}

// A server that nothing is sent to leaves the directory as it was: the archive's
// replay can be gone on with.
func TestServerThatTakesNothingLeavesNoJournal(t *testing.T) {
	o := replayOptions(archive(t, 3))
	o.Data = filepath.Join(t.TempDir(), "data")
	for range 2 {
		if _, err := Replay(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		startLive(t, liveOptions(o.Data)).end()
	}
}

// serveClosed serves once the database is closed, which a server that has ended may still be about on a busy machine.
func serveClosed(o ServeOptions) error {
	for {
		err := Serve(context.Background(), o)
		if !errors.Is(err, store.ErrLocked) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A journal that is not the one which the state has counted is refused.
func TestStateAheadOfItsJournalIsRefused(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	s := startLive(t, o)
	pieces(livePosts(t, 5), 300, func(n int, piece []term.Record) { s.send(piece) })
	s.settled()
	s.end()
	moved := journalDir(o.Data) + ".moved"
	if err := os.Rename(journalDir(o.Data), moved); err != nil {
		t.Fatal(err)
	}
	if err := serveClosed(o); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("without its journal: %v", err)
	}
	young, err := journal.Open(context.Background(), journal.Options{Dir: journalDir(o.Data), Now: o.Now, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := young.Close(); err != nil {
		t.Fatal(err)
	}
	if err := serveClosed(o); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("with another journal: %v", err)
	}
	if err := os.RemoveAll(journalDir(o.Data)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(moved, journalDir(o.Data)); err != nil {
		t.Fatal(err)
	}
	startLive(t, o).end()
}

// Without room nothing is accepted, and with room again the server goes on by itself.
func TestFullDiskPushesBack(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 30)
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	o.Store = store.Options{MinFree: 64 << 20, Space: func(string) (int64, int64, error) { return free.Load(), 2 << 30, nil }}
	recs := livePosts(t, 6)
	s := startLive(t, o)
	s.send(recs[:1000])
	free.Store(1 << 20)
	status := http.StatusAccepted
	for deadline := time.Now().Add(time.Minute); status == http.StatusAccepted && time.Now().Before(deadline); {
		status, _ = s.post(recs[1000:1001])
	}
	if status != http.StatusInsufficientStorage {
		t.Fatalf("status %d on a full disk", status)
	}
	free.Store(1 << 30)
	for deadline := time.Now().Add(time.Minute); status != http.StatusAccepted && time.Now().Before(deadline); {
		status, _ = s.post(recs[1000:])
	}
	if status != http.StatusAccepted {
		t.Fatalf("status %d with room again", status)
	}
	if st := s.settled(); st.Counters.Records < uint64(len(recs)) {
		t.Errorf("%d of %d records counted", st.Counters.Records, len(recs))
	}
	s.end()
}

// Deliveries from many senders at once are all counted, also while the server is
// being stopped: what was answered for is there afterwards.
func TestAnsweredForIsCounted(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	recs := livePosts(t, 7)
	for i := range recs {
		recs[i].TS = liveClock.Add(-2 * time.Hour).UnixMicro() // in one pane, so that none is late
	}
	s := startLive(t, o)
	var answered atomic.Int64
	var senders sync.WaitGroup
	for w := range 4 {
		senders.Go(func() {
			for i := w * 50; i+50 <= len(recs); i += 200 {
				body := []byte{}
				for k := range recs[i : i+50] {
					body = term.AppendRecord(body, &recs[i+k])
				}
				resp, err := http.Post(s.address+"/api/v1/records", "application/x-ndjson", bytes.NewReader(body))
				if err != nil {
					return // it is gone
				}
				resp.Body.Close()
				if resp.StatusCode == http.StatusAccepted {
					answered.Add(50)
				}
			}
		})
	}
	for answered.Load() < 2000 {
		time.Sleep(time.Millisecond)
	}
	s.end()
	senders.Wait()
	s = startLive(t, o)
	if st := s.settled(); st.Counters.Records < uint64(answered.Load()) {
		t.Errorf("%d records were answered for, %d are counted", answered.Load(), st.Counters.Records)
	}
	s.end()
}

// Where a source goes on is part of what is counted: a run that was stopped knows it.
func TestCursorsOfSourcesSurvive(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	s := startLive(t, o)
	s.send(livePosts(t, 9)[:100])
	s.end()
	j, err := journal.Open(context.Background(), journal.Options{Dir: journalDir(o.Data), Now: o.Now, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	for n, cursor := range []string{"time_us=1", "time_us=2"} {
		b := &journal.Batch{Producer: "jetstream", Seq: uint64(n + 1), Source: "bluesky", Cursor: []byte(cursor), Records: livePosts(t, 10)[:10]}
		if _, err := j.Append(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	s = startLive(t, o)
	s.send(livePosts(t, 9)[100:])
	s.settled()
	s.end()
	d, err := openToRead(o.Data, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	state, err := restore(d, asStored(d), o.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer state.engine.Close()
	if got, ok := state.ledger.Cursor("bluesky"); !ok || string(got) != "time_us=2" {
		t.Errorf("the source goes on from %q", got)
	}
	if next := state.ledger.Next(); next.Entry < 3 {
		t.Errorf("the snapshot counts entry %d next", next.Entry)
	}
}

// A journal that is full before time has come to a place where a snapshot is cut makes
// room by itself: what is counted is let go of.
func TestJournalFullWithinAPaneMakesRoom(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	o.Journal.MaxBytes = 2 << 20
	o.Now = time.Now
	s := startLive(t, o)
	recs := livePosts(t, 12)
	rng := rand.New(rand.NewPCG(12, 12))
	for i := range recs {
		recs[i].TS, recs[i].Text = liveClock.Add(-2*time.Hour).UnixMicro(), ""
		for range 64 { // what does not compress
			recs[i].Text += fmt.Sprintf("%016x ", rng.Uint64())
		}
	}
	sent, refused := 0, false
	for deadline, again := time.Now().Add(time.Minute), 0; sent < len(recs) && again < 3; {
		n := min(100, len(recs)-sent)
		switch status, text := s.post(recs[sent : sent+n]); status {
		case http.StatusAccepted:
			if sent += n; refused {
				again++
			}
		case http.StatusInsufficientStorage:
			refused = true
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d records accepted: %s", sent, len(recs), text)
			}
			time.Sleep(100 * time.Millisecond)
		default:
			t.Fatalf("status %d: %s", status, text)
		}
	}
	if !refused {
		t.Error("the journal never was full: the test shows nothing")
	}
	s.end()
}

// A journal that is gone is done without only if the operator says so.
func TestLostJournalIsDoneWithoutIfAsked(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	s := startLive(t, o)
	recs := livePosts(t, 13)
	pieces(recs[:3000], 300, func(n int, piece []term.Record) { s.send(piece) })
	for s.status().Intake.Waiting > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	s.end()
	if err := os.RemoveAll(journalDir(o.Data)); err != nil {
		t.Fatal(err)
	}
	if err := Serve(context.Background(), o); err == nil || !strings.Contains(err.Error(), "--accept-loss") {
		t.Fatalf("without the journal: %v", err)
	}
	o.Journal.AcceptLoss = true
	s = startLive(t, o)
	if st := s.status(); st.Intake.Lost == 0 {
		t.Errorf("intake %+v does not tell of the loss", st.Intake)
	}
	s.send(recs[3000:])
	s.settled()
	s.end()
	o.Journal.AcceptLoss = false
	startLive(t, o).end()
}

// A start that is refused leaves what was found before.
func TestRefusedStartLeavesWhatWasFound(t *testing.T) {
	o := replayOptions(archive(t, 14))
	o.Data, o.SnapshotEvery = filepath.Join(t.TempDir(), "data"), time.Nanosecond
	interrupted(t, o)
	found := func() (n, rankings int) {
		st, err := store.OpenReadOnly(filepath.Join(o.Data, "store"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		hours, err := st.Hours(0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		return int(st.DetectionCount()), len(hours)
	}
	lines, hours := found()
	o.From = time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrInput) {
		t.Fatalf("error %v, want %v", err, ErrInput)
	}
	if l, h := found(); l != lines || h != hours {
		t.Errorf("%d detections and %d hours after a refused start, %d and %d before", l, h, lines, hours)
	}
}

// A journal belongs to one data directory: another one does not count it, nor let go of
// what is in it.
func TestJournalOfAnotherDirectoryIsRefused(t *testing.T) {
	a, b := liveOptions(filepath.Join(t.TempDir(), "a")), liveOptions(filepath.Join(t.TempDir(), "b"))
	for _, o := range []ServeOptions{a, b} {
		s := startLive(t, o)
		s.send(livePosts(t, 15)[:300])
		s.end()
	}
	if err := os.RemoveAll(journalDir(b.Data)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(journalDir(a.Data), journalDir(b.Data)); err != nil {
		t.Fatal(err)
	}
	if err := Serve(context.Background(), b); !errors.Is(err, journal.ErrOther) {
		t.Errorf("error %v, want %v", err, journal.ErrOther)
	}
}

// What is answered for is counted: numbers that would be taken for repeats are refused.
func TestNumbersThatCannotBeCountedAreRefused(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	recs := livePosts(t, 16)
	s := startLive(t, o)
	send := func(epoch, seq uint64) int {
		t.Helper()
		status, _ := s.post(recs[:1], "Swell-Producer", "p", "Swell-Epoch", fmt.Sprint(epoch), "Swell-Seq", fmt.Sprint(seq))
		return status
	}
	for _, c := range []struct {
		epoch, seq uint64
		status     int
	}{
		{1, 1 << 63, 409}, {1, 70_000, 409}, {1, 2, 202}, {1, 1, 202}, {1, 2, 202}, {1, 65_538, 202}, {1, 131_075, 409},
		{2, 1, 202}, {1, 3, 409}, {2, 1 << 20, 409},
	} {
		if got := send(c.epoch, c.seq); got != c.status {
			t.Errorf("epoch %d, number %d: status %d, want %d", c.epoch, c.seq, got, c.status)
		}
	}
	s.end()
	s = startLive(t, o)
	for !s.status().Ready {
		time.Sleep(time.Millisecond)
	}
	if got := send(1, 4); got != 409 {
		t.Errorf("after a restart an epoch that was left has status %d", got)
	}
	if st := s.status(); st.Intake.Given != 0 {
		t.Errorf("%d numbers were given up", st.Intake.Given)
	}
	s.end()
}

// A run that nothing was sent to can be gone on with.
func TestGoesOnFromNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 3 {
		s := startLive(t, liveOptions(dir))
		if st := s.status(); !st.Ready || st.Counters.Records != 0 {
			t.Errorf("got %+v", st)
		}
		s.end()
	}
}
