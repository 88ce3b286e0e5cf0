package rivals

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/term"
	"pgregory.net/rapid"
)

func TestNormaliseByHand(t *testing.T) {
	// Ten counts: the baseline is the first two, (9+1 + 9+1)/2.
	counts := []float64{9, 9, 9, 9, 9, 9, 9, 9, 99, 999}
	got := Normalise(nil, counts, 2)
	if len(got) != 9 {
		t.Fatalf("%d values, want 9", len(got))
	}
	near(t, "steady", got[0], 0)
	near(t, "first rise", got[7], (0+1)/2.)
	near(t, "second rise", got[8], (1+2)/2.)
}

func TestLogVoteByHand(t *testing.T) {
	near(t, "even", LogVote(1, []float64{1, 2}, []float64{2, 1}), 0)
	near(t, "one each", LogVote(0.5, []float64{1}, []float64{5}), 2)
	near(t, "sums", LogVote(1, []float64{1, 3}, []float64{2}), math.Log((math.Exp(-1)+math.Exp(-3))/math.Exp(-2)))
	near(t, "far away", LogVote(10, []float64{1e6}, []float64{1e6 + 1}), 10)
}

func TestDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "length")
		value := rapid.SliceOfN(rapid.Float64Range(-5, 5), n, n)
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		limit := rapid.Float64Range(0, 500).Draw(t, "limit")
		want := 0.0
		for i := range a {
			want += (a[i] - b[i]) * (a[i] - b[i])
		}
		got := Distance(a, b, limit)
		if want < limit*0.999 && !same(got, want) || want > limit*1.001 && got < limit {
			t.Fatalf("distance %v with limit %v, want %v", got, limit, want)
		}
	})
}

// What is too far away to count changes the vote by next to nothing.
func TestDistancesLeaveOutOnlyTheNegligible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.Float64Range(-2, 2), 8, 8)
		refs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reference {
			return reference{value.Draw(t, "first"), value.Draw(t, "second")}
		}), 1, 20).Draw(t, "references")
		series := value.Draw(t, "series")
		lib := Library{lambda: rapid.SampledFrom(lambdas[:]).Draw(t, "lambda")}
		var exact []float64
		for _, r := range refs {
			exact = append(exact, min(Distance(r[0], series, math.Inf(1)), Distance(r[1], series, math.Inf(1))))
		}
		got := logWeight(lib.lambda, lib.distances(nil, refs, series))
		if want := logWeight(lib.lambda, exact); math.Abs(got-want) > 1e-3 {
			t.Fatalf("weight %v, want %v", got, want)
		}
	})
}

// town makes a trace of steady terms and of trends that grow from nothing, one
// every ten hours.
func town(days int) (*trace.Trace, truth.Set) {
	const first, steady = 144 * 20_000, 30
	random := rand.New(rand.NewPCG(7, 7))
	tr := &trace.Trace{Name: "town", Platforms: []string{"x"}, First: first, Panes: make([][]trace.Cell, 144*days)}
	for i := range steady {
		tr.Terms = append(tr.Terms, trace.Term{Kind: term.Hashtag, Key: fmt.Sprint("steady", i)})
	}
	var set truth.Set
	for onset := 50; onset+60 < len(tr.Panes); onset += 60 {
		tr.Terms = append(tr.Terms, trace.Term{Kind: term.Hashtag, Key: fmt.Sprint("trend", onset)})
		set.Rows = append(set.Rows, truth.Row{
			Kind: term.Hashtag, Key: fmt.Sprint("trend", onset), Platform: "x", Type: truth.Trend,
			Onset: int64(first+onset) * 600, Peak: int64(first+onset+30) * 600, End: int64(first+onset+60) * 600,
		})
	}
	for i := range tr.Panes {
		for id := range uint32(steady) {
			tr.Panes[i] = append(tr.Panes[i], plain(id, 1+uint32(random.IntN(8))))
		}
		for k := range set.Rows {
			age := i - 50 - 60*k
			if age >= 0 && age < 60 {
				level := float64(min(age, 60-age))
				tr.Panes[i] = append(tr.Panes[i], plain(uint32(steady+k), 1+uint32(level*(0.5+random.Float64()))))
			}
		}
	}
	return tr, set
}

func TestTrainTellsTrendsFromOthers(t *testing.T) {
	tr, set := town(12)
	half := tr.First + int64(len(tr.Panes)/2)
	lib, err := Train(tr, set, half, 1)
	if err != nil {
		t.Fatal(err)
	}
	trends, others := lib.Size()
	if trends != others || trends < 10 {
		t.Fatalf("%d trends and %d others, want as many and no fewer than ten", trends, others)
	}
	found, wrong := map[uint32]bool{}, map[uint32]bool{}
	for _, e := range play(NewNikolov(len(tr.Terms), lib), tr.First, tr.Panes) {
		if e.pane < half {
			continue
		}
		if e.term < 30 {
			wrong[e.term] = true
			continue
		}
		row := set.Rows[e.term-30]
		if at := (e.pane + 1) * 600; at > row.Onset && at < row.Peak {
			found[e.term] = true
		}
	}
	due := 0
	for _, row := range set.Rows {
		if row.Onset >= half*600 {
			due++
		}
	}
	if len(found) < due*9/10 || len(wrong) > 3 {
		t.Errorf("found %d of %d trends before their peak, and %d of 30 steady terms", len(found), due, len(wrong))
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	tr, set := town(5)
	var was []emitted
	for range 2 {
		lib, err := Train(tr, set, tr.Last(), 3)
		if err != nil {
			t.Fatal(err)
		}
		got := play(NewNikolov(len(tr.Terms), lib), tr.First, tr.Panes)
		if was != nil && fmt.Sprint(got) != fmt.Sprint(was) {
			t.Fatal("the same training gave other scores")
		}
		was = got
	}
}

func TestTrainWithoutTrends(t *testing.T) {
	tr, set := town(5)
	if _, err := Train(tr, truth.Set{}, tr.Last(), 1); !errors.Is(err, ErrTrain) {
		t.Errorf("without truth: %v", err)
	}
	if _, err := Train(tr, set, tr.First, 1); !errors.Is(err, ErrTrain) {
		t.Errorf("without time: %v", err)
	}
}

// What a trend's own term does is no example of the others.
func TestTrainKeepsTrendsOutOfTheOthers(t *testing.T) {
	tr, set := town(5)
	for i := range tr.Panes {
		cells := tr.Panes[i][:0]
		for _, c := range tr.Panes[i] {
			if c.Term >= 30 {
				cells = append(cells, c)
			}
		}
		tr.Panes[i] = cells
	}
	if _, err := Train(tr, set, tr.Last(), 1); !errors.Is(err, ErrTrain) {
		t.Errorf("a stream of trends only: %v, want an error", err)
	}
}

func TestLeaveOneOut(t *testing.T) {
	up, down := reference{ramp(1)}, reference{ramp(-1)}
	lib := Library{lambda: 1, trends: []reference{up, up, up}, others: []reference{down, down, down}}
	near(t, "told apart", lib.leaveOneOut(), 1)
	lib = Library{lambda: 1, trends: []reference{up, down}, others: []reference{down, up}}
	near(t, "each nearer to the others", lib.leaveOneOut(), 0)
}
