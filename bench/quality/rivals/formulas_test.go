package rivals

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSpikeFactorByHand(t *testing.T) {
	set := SpikeThresholds{Posts: 8, Authors: 5}
	near(t, "posts bind", set.Factor(8, 50, 0, 0), 1)
	near(t, "authors bind", set.Factor(80, 5, 0, 0), 1)
	near(t, "the largest hour binds", set.Factor(80, 50, 1, 40), 1)
	near(t, "the mean binds", set.Factor(11, 50, 3, 0), 1) // 3 + 4·√4
	near(t, "twice of everything", set.Factor(16, 10, 0, 4), 2)
	near(t, "no authors", set.Factor(80, 0, 0, 0), 0)
}

// At the factor the test fires, above it it does not.
func TestSpikeFactorIsTheLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := SpikeThresholds{rapid.Float64Range(1, 50).Draw(t, "minimum posts"), rapid.Float64Range(1, 50).Draw(t, "minimum authors")}
		posts, authors := rapid.Float64Range(1, 500).Draw(t, "posts"), rapid.Float64Range(1, 500).Draw(t, "authors")
		mean, largest := rapid.Float64Range(0, 100).Draw(t, "mean"), rapid.Float64Range(0, 100).Draw(t, "largest")
		fires := func(f float64) bool {
			return posts >= f*set.Posts && authors >= f*set.Authors && posts >= f*2*largest && posts >= f*(mean+4*math.Sqrt(mean+1))
		}
		f := set.Factor(posts, authors, mean, largest)
		if !fires(f*0.999999) || fires(f*1.000001) {
			t.Fatalf("factor %v is not where the test stops firing", f)
		}
	})
}

func TestZScoreByHand(t *testing.T) {
	near(t, "two deviations", ZScore(20, 10, 5), 2)
	near(t, "a deviation below one", ZScore(13, 10, 0.1), 3)
	near(t, "below the mean", ZScore(5, 10, 5), 0)
}

func TestFeaturedByHand(t *testing.T) {
	near(t, "both", Featured(8, 4), 6)
	near(t, "new", Featured(8, 0), 8)
	near(t, "over", Featured(0, 4), 4)
}

func TestGainByHand(t *testing.T) {
	near(t, "a day's gain", Gain(72, 24), 2)
	near(t, "a loss", Gain(24, 72), 0)
}
