package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// The crash test kills a process that works through steps 1, 2, 3, …, each one
// hour in every seven, one detection and one snapshot, all derived from the
// step's number. A process that starts goes on after the step of the snapshot
// that it loads.

const (
	crashDir   = "SWELL_STORE_CRASH"
	crashKills = 10
	crashHours = 7  // from one step to the next
	crashKeep  = 72 // hours
	crashTerms = 40
)

var crashGauge = GaugeKey{ID: 1, List: "hot", Metric: "rank"}

func crashPoints(step int64) (points []Point) {
	for id := int64(1); id <= crashTerms; id++ {
		if (step*31+id*17)%5 != 0 {
			points = append(points, Point{term.ID(id), uint32(step*id%1000) + 1, uint32(id)})
		}
	}
	return points
}

// crashPart is the state after a step: its first half changes with every step,
// its second every ten steps.
func crashPart(step int64) []byte {
	return slices.Concat(incompressible(uint64(step), chunkSize), incompressible(uint64(step/10), chunkSize))
}

// crashParts yields the state, and a part that is written every ten steps and kept in
// between.
func crashParts(step int64) iter.Seq2[Part, error] {
	tens := Part{Name: "tens", Keep: true}
	if step == 1 || step%10 == 0 {
		tens = Part{Name: "tens", Data: crashTens(step)}
	}
	return partsOf(Part{Name: "state", Data: crashPart(step)}, tens)
}

func crashTens(step int64) []byte { return incompressible(uint64(step/10+1000), chunkSize+7) }

func crashActivity(step int64) Activity {
	return Activity{"x", uint64(step), uint64(step) % 3, 1, 1 << 40}
}

// crashTerm is registered in a step. It has no point, and goes once its time is not kept.
func crashTerm(step int64) Term {
	return Term{ID: term.ID(1000 + step), Kind: term.Keyword, Platform: "x", Key: fmt.Sprint("step ", step), FirstSeen: step * crashHours * 3600e6}
}

func crashStep(s *Store, step int64) error {
	hour := step * crashHours
	pruned := func() error {
		_, err := s.Prune(Floors{Points: hour - crashKeep, Rankings: hour - crashKeep})
		return err
	}
	return errors.Join(
		s.RegisterTerms([]Term{crashTerm(step)}),
		s.AppendHour(hour, crashPoints(step)),
		s.AppendActivity(hour, []Activity{crashActivity(step)}),
		s.AppendGauges(hour, []GaugePoint{{crashGauge, term.UnitRank, float64(step)}}),
		s.AppendDetections(uint64(step-1), [][]byte{fmt.Appendf(nil, "detection %d", step)}),
		s.PutRanking(hour*3600e6, fmt.Appendf(nil, "ranking %d", step)),
		pruned(),
		func() error {
			_, err := s.WriteSnapshot(SnapshotMeta{Created: step, Watermark: hour * 3600e6, Detections: uint64(step)}, crashParts(step))
			return err
		}(),
	)
}

// crashChild works until it is killed.
func crashChild(dir string) error {
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	var terms []Term
	for id := term.ID(1); id <= crashTerms; id++ {
		terms = append(terms, Term{ID: id, Kind: term.Hashtag, Platform: "x", Key: fmt.Sprint(id), FirstSeen: 1 << 60})
	}
	if err := s.RegisterTerms(terms); err != nil {
		return err
	}
	snap, problems, err := s.LoadSnapshot()
	if err != nil && !errors.Is(err, ErrNoSnapshot) || len(problems) > 0 {
		return fmt.Errorf("%v %w", problems, err)
	}
	if err := s.TruncateDetections(snap.Detections); err != nil {
		return err
	}
	fmt.Println("ready")
	for step := snap.Created + 1; ; step++ {
		if err := crashStep(s, step); err != nil {
			return err
		}
	}
}

// crashCheck compares the store with what the steps up to its snapshot make. It
// returns the step of the snapshot.
func crashCheck(t *testing.T, dir string) int64 {
	t.Helper()
	report, err := Fsck(t.Context(), dir, Options{})
	if err != nil || report.Worst() > Repairable {
		t.Fatalf("a kill must leave nothing but what a start repairs: %+v (%v)", report.Findings, err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	snap, problems, err := s.LoadSnapshot()
	if len(problems) > 0 {
		t.Fatalf("a kill must leave the newest snapshot whole: %v", problems)
	}
	if errors.Is(err, ErrNoSnapshot) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	step := snap.Created
	if data, err := snap.Part("state"); err != nil || !bytes.Equal(data, crashPart(step)) {
		t.Fatalf("state of step %d differs (%v)", step, err)
	}
	if data, err := snap.Part("tens"); err != nil || !bytes.Equal(data, crashTens(step)) {
		t.Fatalf("what step %d kept differs (%v)", step, err)
	}
	// The step after the snapshot may have pruned, too.
	var floors []int64
	for _, at := range []int64{step, step + 1} {
		floors = append(floors, max(0, (at*crashHours-crashKeep)/24*24))
	}
	for id := term.ID(1); id <= crashTerms; id++ {
		got, err := s.Series(id, 0, step*crashHours+1)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(floors, func(from int64) bool { return slices.Equal(got, crashSeries(id, from, step)) }) {
			t.Fatalf("term %d after step %d: %v, want %v", id, step, got, crashSeries(id, floors[0], step))
		}
	}
	values, err := s.GaugeSeries(crashGauge, step*crashHours, step*crashHours+1)
	if err != nil || len(values) != 1 || values[0].Value != float64(step) {
		t.Fatalf("gauge after step %d: %v (%v)", step, values, err)
	}
	activity, err := s.Activity("x", step*crashHours, step*crashHours+1)
	if want := (HourActivity{step * crashHours, crashActivity(step)}); err != nil || len(activity) != 1 || activity[0] != want {
		t.Fatalf("activity after step %d: %v (%v)", step, activity, err)
	}
	found, all, err := s.Search(Search{Key: crashTerm(step).Key})
	if err != nil || !all || len(found) == 0 || found[0].Term != crashTerm(step) {
		t.Fatalf("the term of step %d is not found: %v, all %v (%v)", step, found, all, err)
	}
	lines, err := allDetections(s, 0)
	if err != nil || int64(len(lines)) < step || int64(len(lines)) > step+1 {
		t.Fatalf("%d detections after step %d (%v)", len(lines), step, err)
	}
	for i, line := range lines {
		if want := fmt.Sprintf("detection %d", i+1); line != want {
			t.Fatalf("detection %d is %q, want %q", i, line, want)
		}
	}
	at, data, err := s.RankingAt(step * crashHours * 3600e6)
	if err != nil || at != step*crashHours*3600e6 || string(data) != fmt.Sprintf("ranking %d", step) {
		t.Fatalf("ranking after step %d: %d %q (%v)", step, at, data, err)
	}
	if n := len(rawKeys(t, s, tabManifest)); n > snapshotsKept+1 {
		t.Errorf("%d manifests are kept", n)
	}
	return step
}

// crashSeries is the series of a term after a step, from an hour on.
func crashSeries(id term.ID, from, step int64) (series []HourPoint) {
	for n := int64(1); n <= step; n++ {
		for _, p := range crashPoints(n) {
			if hour := n * crashHours; p.ID == id && hour >= from {
				series = append(series, HourPoint{hour, p.Posts, p.Fresh})
			}
		}
	}
	return series
}

func TestKill(t *testing.T) {
	if dir := os.Getenv(crashDir); dir != "" {
		t.Fatal(crashChild(dir))
	}
	t.Parallel()
	dir := t.TempDir()
	const seed = 20260401
	rng := rand.New(rand.NewPCG(seed, 0))
	last := int64(0)
	for kill := range crashKills {
		child := exec.Command(os.Args[0], "-test.run=^TestKill$")
		child.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
			child.Process.Kill()
			t.Fatalf("kill %d, seed %d: the process said %q (%v)", kill, seed, line, err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(400 * time.Millisecond))))
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait()
		step := crashCheck(t, dir)
		if step < last {
			t.Fatalf("kill %d, seed %d: back at step %d after %d", kill, seed, step, last)
		}
		last = step
	}
	t.Logf("%d kills in %d steps", crashKills, last)
}
