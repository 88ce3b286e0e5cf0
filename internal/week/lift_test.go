package week

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func byHour(hours float64, v Values) (x, exposure float64) { return v[0], hours }
func byPost(_ float64, v Values) (x, exposure float64)     { return v[1], v[0] }

// monday is an hour with which a week of UTC begins.
const monday = 4 * 24

// poisson draws a number with a mean below a hundred (Knuth).
func poisson(r *rand.Rand, mean float64) float64 {
	limit, p, n := math.Exp(-mean), r.Float64(), 0.0
	for p > limit {
		p *= r.Float64()
		n++
	}
	return n
}

// simulated returns a table of some weeks with a mean for each cell.
func simulated(t testing.TB, r *rand.Rand, weeks int, mean func(cell int) float64) *Table {
	table := NewTable(zone(t, "UTC"))
	for h := range weeks * Cells {
		table.Add(monday+int64(h), Values{poisson(r, mean(h%Cells))})
	}
	return table
}

func TestMean(t *testing.T) {
	table := NewTable(zone(t, "UTC"))
	for week, x := range []float64{4, 8, 6, 2} {
		table.Add(monday+int64(week*Cells), Values{x, 2 * x})
		if week < 1 {
			table.Add(monday+1, Values{3})
		}
	}
	// By hand: mean 5, squared differences 1+9+1+9 = 20, √(4/3·20)/4.
	if mean, stderr := table.Mean(0, byHour); mean != 5 || math.Abs(stderr-math.Sqrt(80.0/3)/4) > 1e-12 {
		t.Errorf("got %v ± %v", mean, stderr)
	}
	if mean, stderr := table.Mean(0, byPost); mean != 2 || stderr != 0 {
		t.Errorf("got %v ± %v", mean, stderr)
	}
	if mean, stderr := table.Mean(1, byHour); mean != 3 || !math.IsNaN(stderr) {
		t.Errorf("got %v ± %v", mean, stderr)
	}
	if mean, stderr := table.Mean(2, byHour); !math.IsNaN(mean) || !math.IsNaN(stderr) {
		t.Errorf("got %v ± %v", mean, stderr)
	}
}

// TestNothingIsLost sees that splitting hours keeps sums.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table := NewTable(zone(t, rapid.SampledFrom([]string{"Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"}).Draw(rt, "zone")))
		hour := rapid.Int64Range(400_000, 500_000).Draw(rt, "from")
		var want, hours float64
		for range rapid.IntRange(0, 500).Draw(rt, "hours") {
			x := float64(rapid.IntRange(0, 1000).Draw(rt, "x"))
			table.Add(hour, Values{x})
			want, hours = want+x, hours+1
			hour += rapid.SampledFrom([]int64{1, 1, 1, 2, 200}).Draw(rt, "step")
		}
		var got, counted float64
		for c := range Cells {
			got, counted = got+table.Sum(c, 0), counted+table.Hours(c)
		}
		if math.Abs(got-want) > 1e-6*want || math.Abs(counted-hours) > 1e-6*hours {
			rt.Fatalf("%v in %v hours, want %v in %v", got, counted, want, hours)
		}
	})
}

// TestLuckIsNoLift sees that a few posts by chance, or one wild hour, make no hour the
// best of the week: in 40 trials at most in two, when chance adds to the luck in other weeks.
func TestLuckIsNoLift(t *testing.T) {
	const lucky = 6*24 + 4 // Sunday 4:00
	r := rand.New(rand.NewPCG(3, 5))
	for name, c := range map[string]struct{ usual, once float64 }{"three posts": {0.1, 3}, "a wild hour": {2, 300}, "a wild hour where much is": {50, 2000}} {
		best := 0
		for range 40 {
			table := NewTable(zone(t, "UTC"))
			for h := range 4 * Cells {
				x := poisson(r, c.usual)
				if h == lucky {
					x = c.once
				}
				table.Add(monday+int64(h), Values{x})
			}
			if lifts, ok := LiftsOf([]*Table{table}, byHour); !ok || lifts[lucky].Low > 1 && lifts[lucky].Value > 1.5 {
				best++
			}
		}
		if best > 2 {
			t.Errorf("%s: among the best of the week in %d of 40 trials", name, best)
		}
	}
}

// TestLifts plants lifts and sees that they are found, and that the intervals hold as
// often as they say.
func TestLifts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	held, all := 0, 0
	for range 20 {
		var truth [Cells]float64
		sum := 0.0
		for c := range truth {
			truth[c] = 0.5 + r.ExpFloat64()/2
			sum += truth[c] / Cells
		}
		// One platform is large and always seen, the other is small and was away on weekends.
		large := simulated(t, r, 6, func(c int) float64 { return 8 * truth[c] / sum })
		small := NewTable(zone(t, "UTC"))
		for h := range 6 * Cells {
			if h%Cells < 5*24 {
				small.Add(monday+int64(h), Values{poisson(r, truth[h%Cells]/sum)})
			}
		}
		lifts, ok := LiftsOf([]*Table{large, small}, byHour)
		if !ok {
			t.Fatal("there is enough to tell of")
		}
		for c, l := range lifts {
			if l.Low > l.Value || l.Value > l.High {
				t.Fatalf("cell %d: %+v", c, l)
			}
			all++
			if want := truth[c] / sum; l.Low <= want && want <= l.High {
				held++
			}
		}
	}
	if share := float64(held) / float64(all); share < 0.75 || share > 0.85 {
		t.Errorf("intervals that are to hold in 0.8 of all cases hold in %.3f", share)
	}
}

// TestOneUnlikeAllOthers sees that an hour which comes back every week is believed though
// no other is like it. It has twice as much as they have, for four weeks.
func TestOneUnlikeAllOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for range 20 {
		table := simulated(t, r, 4, func(c int) float64 {
			if c == 55 {
				return 80
			}
			return 40
		})
		lifts, _ := LiftsOf([]*Table{table}, byHour)
		if l := lifts[55]; l.Value < 1.3 || l.Value > 2.2 || l.Low > l.Value || l.High < l.Value {
			t.Errorf("lift is %+v", l)
		}
		if l := lifts[56]; l.Value < 0.85 || l.Value > 1.15 {
			t.Errorf("lift beside it is %+v", l)
		}
	}
}

// TestNoiseIsShrunkAway gives counts that do not depend on the hour.
func TestNoiseIsShrunkAway(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wrong := 0
	for range 20 {
		table := simulated(t, r, 4, func(int) float64 { return 3 })
		lifts, _ := LiftsOf([]*Table{table}, byHour)
		for _, l := range lifts {
			if l.Value > 1.25 || l.Value < 0.75 {
				wrong++
			}
		}
	}
	if wrong > 20*Cells/1000 {
		t.Errorf("%d of %d cells stand out by chance", wrong, 20*Cells)
	}
}

func TestTooLittle(t *testing.T) {
	empty := NewTable(zone(t, "UTC"))
	if lifts, ok := LiftsOf([]*Table{empty}, byHour); ok || lifts[0] != (Lift{1, 1, 1}) {
		t.Errorf("got %v, %v", lifts[0], ok)
	}
	week := simulated(t, rand.New(rand.NewPCG(1, 2)), 1, func(int) float64 { return 3 })
	if _, ok := LiftsOf([]*Table{week}, byHour); ok {
		t.Error("one week tells nothing of the next")
	}
	if _, ok := LiftsOf(nil, byHour); ok {
		t.Error("nothing tells something")
	}
}

// TestDropSilent takes hours without a post out where there are always many, and leaves
// them where there are few.
func TestDropSilent(t *testing.T) {
	table := NewTable(zone(t, "UTC"))
	for week := range int64(4) {
		for c := range int64(Cells) {
			x := 1.0
			if c >= 24 {
				x = 20
			}
			if week == 2 {
				x = 0
			}
			table.Add(monday+week*Cells+c, Values{x})
		}
	}
	table.DropSilent(0)
	if mean, _ := table.Mean(0, byHour); mean != 0.75 {
		t.Errorf("a quiet hour has %v", mean)
	}
	if mean, _ := table.Mean(24, byHour); mean != 20 {
		t.Errorf("a busy hour has %v", mean)
	}
}

func BenchmarkYear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	loc := zone(b, "Asia/Kathmandu")
	var values [Cells]Values
	for c := range values {
		values[c] = Values{poisson(r, 20), 3}
	}
	for b.Loop() {
		table := NewTable(loc)
		for h := range int64(400 * 24) {
			table.Add(490_000+h, values[h%Cells])
		}
		table.DropSilent(0)
		for c := range Cells {
			table.Mean(c, byHour)
		}
		LiftsOf([]*Table{table}, byHour)
	}
}
